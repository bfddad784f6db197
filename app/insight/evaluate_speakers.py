"""How well speakers are told apart: wrong roles, and word errors per speaker."""

from pathlib import Path

from app.audio.decode import decode
from app.domain.transcript import Speaker, Transcript
from app.domain.work import CancelToken, Progress
from app.insight.labelled_recordings import LabelledRecording, read_recordings
from app.insight.word_errors import NO_ERRORS, WordErrors, aligned_errors, aligned_pairs, normalise, total
from app.speech.transcriber import Transcriber

FILES = ("osce_audio.jsonl",)

Labelled = list[tuple[str, Speaker]]
"""Normalised words with their speakers."""


def evaluate_speakers(
    data: Path,
    *,
    model_folder: Path,
    speaker_model: Path,
    threads: int = 0,
    progress: Progress,
    cancel: CancelToken,
) -> dict[str, object]:
    """Measure speaker labels on the recordings of `osce_audio.jsonl` in `data`.

    Figures: `role_error`, the share of recognised words that align with a reference word but carry another role
    (unknown counts as wrong); `cpwer`, word errors when each role's words are compared with the words of that role,
    under the better of the two assignments of voices to roles (Watanabe et al. 2020, CHiME-6).

    Raises:
        InputError: nothing to measure. WorkCancelledError, ModelMissingError, ModelDamagedError, EngineError.
    """
    recordings = [r for r in read_recordings(data, *FILES) if r.turns]
    transcriber = Transcriber.load(model_folder, speaker_model=speaker_model, threads=threads)
    items: list[dict[str, object]] = []
    wrong = aligned = 0
    errors: list[WordErrors] = []
    for number, recording in enumerate(recordings):
        cancel.check()
        progress(number / len(recordings), f"Recording {number + 1} of {len(recordings)}")
        transcript = transcriber.transcribe(
            decode(recording.audio, cancel).samples, progress=lambda _fraction, _phrase: None, cancel=cancel
        )
        reference, hypothesis = _reference_words(recording), _transcript_words(transcript)
        mistaken, compared = role_errors(reference, hypothesis)
        per_speaker = best_speaker_errors(reference, hypothesis)
        wrong, aligned = wrong + mistaken, aligned + compared
        errors.append(per_speaker)
        items.append(
            {
                "id": recording.id,
                "role_error": round(mistaken / max(1, compared), 4),
                "cpwer": round(per_speaker.rate, 4),
                "words": per_speaker.words,
            }
        )
    progress(1.0, "Measured")
    return {
        "kind": "speakers",
        "figures": {"role_error": round(wrong / max(1, aligned), 4), "cpwer": round(total(errors).rate, 4)},
        "plain": None,
        "items": items,
    }


def role_errors(reference: Labelled, hypothesis: Labelled) -> tuple[int, int]:
    """Return (words with another role, words compared) over the words that the best alignment pairs."""
    pairs = aligned_pairs([w for w, _ in reference], [w for w, _ in hypothesis])
    return sum(reference[a][1] is not hypothesis[b][1] for a, b in pairs), len(pairs)


def best_speaker_errors(reference: Labelled, hypothesis: Labelled) -> WordErrors:
    """Word errors per speaker under the better of the straight and the swapped assignment; other voices are errors."""
    straight = {Speaker.CLINICIAN: Speaker.CLINICIAN, Speaker.PATIENT: Speaker.PATIENT}
    swapped = {Speaker.CLINICIAN: Speaker.PATIENT, Speaker.PATIENT: Speaker.CLINICIAN}
    return min((_errors_under(reference, hypothesis, a) for a in (straight, swapped)), key=lambda e: e.errors)


def _errors_under(reference: Labelled, hypothesis: Labelled, assignment: dict[Speaker, Speaker]) -> WordErrors:
    result = NO_ERRORS
    for true, heard in assignment.items():
        result += aligned_errors([w for w, s in reference if s is true], [w for w, s in hypothesis if s is heard])
    strays = sum(speaker not in assignment for _, speaker in hypothesis)
    missed = sum(speaker not in assignment for _, speaker in reference)
    return result + WordErrors(0, missed, strays, missed)


def _reference_words(recording: LabelledRecording) -> Labelled:
    return [(word, turn.speaker) for turn in recording.turns for word in normalise(turn.text)]


def _transcript_words(transcript: Transcript) -> Labelled:
    return [(word, utterance.speaker) for utterance in transcript.utterances for word in normalise(utterance.text)]
