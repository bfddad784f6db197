"""How well speakers are told apart: wrong roles, word errors per speaker, and who spoke when."""

from pathlib import Path

from app.audio.decode import RATE, decode
from app.domain.errors import InputError
from app.domain.transcript import Speaker, Transcript
from app.domain.work import CancelToken, Progress, no_progress
from app.insight.diarisation_errors import NO_DIARISATION_ERRORS, diarisation_errors, read_rttm
from app.insight.labelled_recordings import LabelledRecording, read_recordings, read_timed_recordings
from app.insight.word_errors import NO_ERRORS, WordErrors, aligned_errors, aligned_pairs, normalise, total
from app.speech.transcriber import Transcriber

ROLE_FILE = "osce_audio.jsonl"
TIME_FILE = "diarization.jsonl"

Labelled = list[tuple[str, Speaker]]
"""Normalised words with their speakers."""

Measured = tuple[dict[str, float], list[dict[str, object]]]
"""Figures, and a row per recording."""


def evaluate_speakers(
    data: Path,
    *,
    model_folder: Path,
    speaker_model: Path,
    threads: int = 0,
    progress: Progress,
    cancel: CancelToken,
) -> dict[str, object]:
    """Measure speaker labels on `osce_audio.jsonl` and `diarization.jsonl`, whichever lie in `data`.

    Figures: `role_error`, the share of recognised words that align with a reference word but carry another role
    (unknown counts as wrong); `cpwer`, word errors when each role's words are compared with the words of that role,
    under the better of the two assignments of voices to roles (Watanabe et al. 2020, CHiME-6); `der`, diarisation error
    rate without collar; `der_no_overlap`, the same where at most one person speaks. The first two need the first file,
    the last two the second.

    Raises:
        InputError: nothing to measure. WorkCancelledError, ModelMissingError, ModelDamagedError, EngineError.
    """
    present = [name for name in (ROLE_FILE, TIME_FILE) if (data / name).is_file()]
    if not present:
        raise InputError(f"{data} holds neither {ROLE_FILE} nor {TIME_FILE}.", "Name the folder of the labelled set.")
    transcriber = Transcriber.load(model_folder, speaker_model=speaker_model, threads=threads)
    figures: dict[str, float] = {}
    items: list[dict[str, object]] = []
    for number, name in enumerate(present):
        part = _part(progress, number, len(present))
        measure = _measure_roles if name == ROLE_FILE else _measure_times
        found, rows = measure(data, transcriber, part, cancel)
        figures |= found
        items += rows
    progress(1.0, "Measured")
    return {"kind": "speakers", "figures": figures, "plain": None, "items": items}


def _part(progress: Progress, number: int, count: int) -> Progress:
    return lambda fraction, phrase: progress((number + fraction) / count, phrase)


def _measure_roles(data: Path, transcriber: Transcriber, progress: Progress, cancel: CancelToken) -> Measured:
    recordings = [r for r in read_recordings(data, ROLE_FILE) if r.turns]
    items: list[dict[str, object]] = []
    wrong = aligned = 0
    errors: list[WordErrors] = []
    for number, recording in enumerate(recordings):
        cancel.check()
        progress(number / len(recordings), f"Recording {number + 1} of {len(recordings)}")
        samples = decode(recording.audio, cancel).samples
        transcript = transcriber.transcribe(samples, progress=no_progress, cancel=cancel)
        reference, hypothesis = _reference_words(recording), _transcript_words(transcript)
        mistaken, compared = role_errors(reference, hypothesis)
        per_speaker = best_speaker_errors(reference, hypothesis)
        wrong, aligned = wrong + mistaken, aligned + compared
        errors.append(per_speaker)
        figures = {"role_error": round(mistaken / max(1, compared), 4), "cpwer": round(per_speaker.rate, 4)}
        items.append({"id": recording.id, **figures, "words": per_speaker.words})
    return {"role_error": round(wrong / max(1, aligned), 4), "cpwer": round(total(errors).rate, 4)}, items


def _measure_times(data: Path, transcriber: Transcriber, progress: Progress, cancel: CancelToken) -> Measured:
    clips = read_timed_recordings(data / TIME_FILE)
    items: list[dict[str, object]] = []
    everywhere = single = NO_DIARISATION_ERRORS
    for number, clip in enumerate(clips):
        cancel.check()
        progress(number / len(clips), f"Clip {number + 1} of {len(clips)}")
        samples = decode(clip.audio, cancel).samples
        found = transcriber.turns(samples, cancel)
        duration = len(samples) / RATE
        reference = read_rttm(clip.rttm)
        all_frames = diarisation_errors(reference, found, duration)
        one_speaker = diarisation_errors(reference, found, duration, overlap=False)
        everywhere, single = everywhere + all_frames, single + one_speaker
        figures = {"der": round(all_frames.rate, 4), "der_no_overlap": round(one_speaker.rate, 4)}
        voices = {"voices": len({s[2] for s in reference}), "found": len({s[2] for s in found})}
        items.append({"id": clip.id, **figures, **voices})
    return {"der": round(everywhere.rate, 4), "der_no_overlap": round(single.rate, 4)}, items


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
