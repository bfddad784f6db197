"""Live text as JSON, as it goes between the program and its engine process.

Parts: `{"kind": "hypothesis", "start", "settled", "tentative"}`, `{"kind": "window", "window", "text", "state"}` and
`{"kind": "heard", "until"}`. Times in seconds. Reading is strict; errors name the place, never the content.
"""

from dataclasses import dataclass
from typing import Any

from app.domain.codec import utterance_from_json, utterance_to_json
from app.domain.json_reading import check_unique, member, read_list, read_object, read_seconds, read_string, refused
from app.domain.live import Correction, FinalText, Hypothesis
from app.domain.recording import HeardWindow
from app.domain.recording_codec import heard_window_from_json, heard_window_to_json
from app.domain.transcript import Utterance
from app.speech.live.final import EarlierWindow, WindowFinal


@dataclass(frozen=True, slots=True)
class HeardUntil:
    """All sound up to `seconds` has been listened to."""

    seconds: float


LivePart = Hypothesis | WindowFinal | HeardUntil


def hypothesis_to_json(h: Hypothesis) -> dict[str, Any]:
    """Return the part of a hypothesis."""
    return {"kind": "hypothesis", "start": h.start, "settled": h.settled, "tentative": h.tentative}


def window_final_to_json(w: WindowFinal) -> dict[str, Any]:
    """Return the part of a window that became final."""
    return {
        "kind": "window",
        "window": heard_window_to_json(w.window),
        "text": final_text_to_json(w.text),
        "state": w.state,
    }


def heard_to_json(until: float) -> dict[str, Any]:
    """Return the part that says up to where the sound was listened to."""
    return {"kind": "heard", "until": until}


def part_from_json(data: object) -> LivePart:
    """Read a part. Raises `InputError` for anything that is not one."""
    part = read_object(data, "part")
    kind = read_string(member(part, "kind", "part"), "part.kind")
    match kind:
        case "hypothesis":
            return Hypothesis(
                start=read_seconds(member(part, "start", "part"), "part.start"),
                settled=read_string(member(part, "settled", "part"), "part.settled"),
                tentative=read_string(member(part, "tentative", "part"), "part.tentative"),
            )
        case "window":
            return WindowFinal(
                heard_window_from_json(member(part, "window", "part"), "part.window"),
                final_text_from_json(member(part, "text", "part"), "part.text"),
                _state(member(part, "state", "part"), "part.state"),
            )
        case "heard":
            return HeardUntil(read_seconds(member(part, "until", "part"), "part.until"))
        case _:
            raise refused("part.kind is not known")


def final_text_to_json(t: FinalText) -> dict[str, Any]:
    """Return final text as an object."""
    return {
        "since": t.since,
        "until": t.until,
        "utterances": [utterance_to_json(u) for u in t.utterances],
        "corrections": [{"at": c.at, "before": c.before, "after": c.after} for c in t.corrections],
    }


def final_text_from_json(data: object, where: str = "text") -> FinalText:
    """Read final text; `where` names its place in errors. Raises `InputError`."""
    text = read_object(data, where)
    corrections = read_list(member(text, "corrections", where), f"{where}.corrections")
    return FinalText(
        since=read_seconds(member(text, "since", where), f"{where}.since"),
        until=read_seconds(member(text, "until", where), f"{where}.until"),
        utterances=_utterances(member(text, "utterances", where), f"{where}.utterances"),
        corrections=tuple(_correction(c, f"{where}.corrections[{i}]") for i, c in enumerate(corrections)),
    )


def earlier_to_json(window: HeardWindow, state: dict[str, Any] | None) -> dict[str, Any]:
    """Return a window that was final before, with the state that belongs to it (None: lost with the program)."""
    return {"window": heard_window_to_json(window), "state": state}


def earlier_from_json(data: object) -> EarlierWindow:
    """Read a window that was final before. Raises `InputError`."""
    item = read_object(data, "earlier")
    state = member(item, "state", "earlier")
    window = heard_window_from_json(member(item, "window", "earlier"), "earlier.window")
    return EarlierWindow(window, None if state is None else _state(state, "earlier.state"))


def _utterances(data: object, where: str) -> tuple[Utterance, ...]:
    utterances = tuple(utterance_from_json(u, f"{where}[{i}]") for i, u in enumerate(read_list(data, where)))
    check_unique((u.id for u in utterances), "utterance")
    return utterances


def _correction(data: object, where: str) -> Correction:
    item = read_object(data, where)
    return Correction(
        at=read_seconds(member(item, "at", where), f"{where}.at"),
        before=read_string(member(item, "before", where), f"{where}.before"),
        after=read_string(member(item, "after", where), f"{where}.after"),
    )


def _state(data: object, where: str) -> dict[str, object]:
    return dict(read_object(data, where))
