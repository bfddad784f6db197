"""Who probably spoke, where what is said clashes with the label: recognisers take one voice for another."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.spoken.speaker_markers import talks_as_clinician, talks_as_patient

_OTHER = {Speaker.CLINICIAN: Speaker.PATIENT, Speaker.PATIENT: Speaker.CLINICIAN}
_LEAST_FOR_ALL = 4
"""Utterances under the wrong label for each under its own, from which all labels count as exchanged."""
_MOST_TIMES = 12


@dataclass(frozen=True, slots=True)
class LikelySpeakers:
    """A transcript with the labels that fit what is said; its other fields are unchanged.

    `exchanged`: the labels of the whole visit were the wrong way round. `doubtful`: ids of the utterances that clash
    with their label besides.
    """

    transcript: Transcript
    exchanged: bool = False
    doubtful: frozenset[str] = frozenset()

    def utterances(self, utterances: Sequence[Utterance]) -> tuple[Utterance, ...]:
        """Return utterances of the transcript, or parts of them, with the likely labels."""
        speakers = {u.id: u.speaker for u in self.transcript.utterances}
        return tuple(replace(u, speaker=speakers.get(u.id, u.speaker)) for u in utterances)

    def notices(self) -> list[str]:
        """Sentences for the reader: how often and when, never what was said."""
        found = []
        if self.exchanged:
            found.append(
                "The labels of clinician and patient seem to be exchanged in the whole visit; the note takes them "
                "the other way round. Check who spoke."
            )
        times = [_time(u.start) for u in self.transcript.utterances if u.id in self.doubtful]
        if times:
            when = ", ".join(dict.fromkeys(times[:_MOST_TIMES])) + (" …" if len(times) > _MOST_TIMES else "")
            places = "1 place" if len(times) == 1 else f"{len(times)} places"
            found.append(f"Who spoke is doubtful at {places} ({when}): what is said does not fit the speaker's label.")
        return found


def likely_speakers(transcript: Transcript) -> LikelySpeakers:
    """Return who probably spoke each utterance; the same transcript if nothing clashes."""
    clashing = _clashing(transcript.utterances)
    if not clashing:
        return LikelySpeakers(transcript)
    utterances = transcript.utterances
    fitting = sum(_fits(u) for u in utterances)
    exchanged = len(clashing) >= _LEAST_FOR_ALL * max(1, fitting)
    if exchanged:
        utterances = tuple(replace(u, speaker=_OTHER.get(u.speaker, u.speaker)) for u in utterances)
        clashing = _clashing(utterances)
    likely = tuple(replace(u, speaker=_OTHER[u.speaker]) if u.id in clashing else u for u in utterances)
    return LikelySpeakers(replace(transcript, utterances=likely), exchanged, clashing)


def _clashing(utterances: Sequence[Utterance]) -> frozenset[str]:
    return frozenset(
        u.id
        for u in utterances
        if (u.speaker is Speaker.PATIENT and talks_as_clinician(u.text))
        or (u.speaker is Speaker.CLINICIAN and talks_as_patient(u.text))
    )


def _fits(utterance: Utterance) -> bool:
    if utterance.speaker is Speaker.CLINICIAN:
        return talks_as_clinician(utterance.text)
    return utterance.speaker is Speaker.PATIENT and talks_as_patient(utterance.text)


def _time(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
