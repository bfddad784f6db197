"""A visit's talk of any length, whose passages close at known places."""

from app.domain.live import FinalText
from app.domain.transcript import Speaker, Transcript, Utterance

TURN = 10.0
"""Seconds of each utterance."""
_TOLD = "It began in week {n} and comes after meals, lasts an hour or so, and then it slowly goes away by itself. "


def talk(passages, rest=0):
    """Utterances of closed passages (a question and three long answers each), then `rest` that are open."""
    said = []
    for number in range(passages + bool(rest)):
        turns = 4 if number < passages else rest
        for turn in range(turns):
            start = TURN * len(said)
            who = Speaker.CLINICIAN if turn == 0 else Speaker.PATIENT
            text = f"What about complaint number {number}, how is it?" if turn == 0 else _TOLD.format(n=start) * 3
            said.append(Utterance(f"u{len(said) + 1}", start, start + 9.0, who, text.strip()))
    if not rest:  # the next question closes the last passage
        start = TURN * len(said)
        question = "And is there anything else that you want to tell me?"
        said.append(Utterance(f"u{len(said) + 1}", start, start + 9.0, Speaker.CLINICIAN, question))
    return tuple(said)


def final(utterances, since=0.0):
    """The utterances as live text that is final."""
    shown = tuple(u for u in utterances if u.start >= since)
    return FinalText(since, utterances[-1].end, shown)


def transcript(utterances):
    """The finished transcript."""
    return Transcript(utterances[-1].end, "en", "whisper-base", tuple(utterances))
