"""What a transcript says about its recording: gaps and interruptions in plain sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.recording import Consent, Mark, MarkKind
from app.domain.transcript import Transcript


def with_marks(transcript: Transcript, marks: Iterable[Mark]) -> Transcript:
    """Return the transcript with the recording's marks in order of time, and a notice for sound that is missing."""
    ordered = tuple(sorted(marks, key=lambda mark: mark.at))
    return replace(transcript, marks=ordered, notices=(*gap_notices(ordered), *transcript.notices))


def gap_notices(marks: Sequence[Mark]) -> tuple[str, ...]:
    """Sentences about interruptions and lost sound among the marks; none about what was meant (pause, mute)."""
    notices = []
    interruptions = [mark for mark in marks if mark.kind is MarkKind.INTERRUPTION]
    if interruptions:
        places = ", ".join(clock(mark.at) for mark in interruptions)
        notices.append(
            f"The recording was interrupted at {places}: what was said from there until it went on was not recorded."
        )
    lost = [mark for mark in marks if mark.kind is MarkKind.LOSS]
    if lost:
        seconds = sum(mark.length for mark in lost)
        places = ", ".join(clock(mark.at) for mark in lost[:10]) + (", …" if len(lost) > 10 else "")
        notices.append(f"{seconds:.1f} s of sound were lost while recording (at {places}).")
    return tuple(notices)


def joined_notices(gaps: Sequence[float]) -> tuple[str, ...]:
    """A sentence about gaps (seconds) that were found when the text around them was final already."""
    if not gaps:
        return ()
    places = ", ".join(clock(at) for at in gaps)
    return (f"Words around {places} may join what was said before and after a gap in the sound.",)


_WORDS = {
    MarkKind.LOSS: "sound lost",
    MarkKind.PAUSE: "paused",
    MarkKind.MUTE: "muted",
    MarkKind.INTERRUPTION: "interruption",
    MarkKind.BOOKMARK: "important",
    MarkKind.DEVICE: "microphone",
}


def mark_line(mark: Mark) -> str:
    """One line for a mark: place, kind, length and detail."""
    length = f" {mark.length:.1f} s" if mark.length > 0 else ""
    detail = f": {mark.detail}" if mark.detail else ""
    return f"{clock(mark.at):>7}  {_WORDS[mark.kind]}{length}{detail}"


def consent_line(consent: Consent) -> str:
    """One line for a decision about recording."""
    how = f", {consent.method.value}" if consent.method else ""
    when = f"{consent.at.astimezone():%Y-%m-%d %H:%M}"
    return f"consent {consent.decision.value}{how}, by {consent.who}, wording {consent.wording}, {when}"


def clock(seconds: float) -> str:
    """Minutes and seconds of a place in the recording: 75 is 1:15."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
