"""Conditions and denials turned round: 'call if you cannot cope' is no advice not to cope."""

import re
from collections.abc import Iterator, Sequence

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import Heard, Status
from app.drafting.checking.rules.spoken_as import places_of, stems_of, tags_are_known, words_of
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.tokens import Token, tokenise

_FORBIDS = re.compile(r"(?:^|, |; |and )do not (?P<what>[^,;.]+)", re.IGNORECASE)
_FORBIDDEN = re.compile(
    r"\b(?:(?:do|should|must|would|need|want you|have) not|avoid\w*|stop\w*|never|no|without|off|instead"
    r"|rather than|stay)\b"
)
_UNABLE = re.compile(r"\b(?:can|could) not\b")
_IF = re.compile(r"\b(?:if|when|unless)\b")
_THEN = re.compile(r"\bthen\b")
_BACK = re.compile(
    r"^(?=(?:\W*(?:um+|uh+|er+|well)\b)*\W*(?:no|nope|not)\b)"
    r"(?:\W*(?:no|nope|not really|um+|uh+|er+|well)\b)+\W*(?:\w+\W+){0,2}?"
    r"\b(?:well,? (?:yeah|yes)|(?:yeah|yes),? (?:it|i|when|a|sometimes)"
    r"|(?:actually|but),? (?:yeah|yes|it|when|if|sometimes|a (?:bit|little))"
    r"|(?:sometimes|occasionally|a (?:bit|little))\b)",
    re.IGNORECASE,
)
_BROKEN = re.compile(r"\b([a-z]{4,})-(?=\s+[a-z])", re.IGNORECASE)
_HALF = 0.5
_LEAST_AFTER = 2
_SHOWN = 8
_FAR = 40
"""Words between an if and its then."""
_DENIED = frozenset({"denies", "denied", "deny", "denying"})


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about conditions, denials and words that the speaker took back."""
    if not tags_are_known(case.heard) or '"' in case.text:
        return
    if "plan" in case.section:
        yield from _forbidden(case)
        yield from _otherwise(case)
    yield from _taken_back(case)
    yield from _of_a_part(case)
    yield from _broken_off(case)


def _forbidden(case: Case) -> Iterator[Doubt]:
    """'Do not X' where 'you can't X' was said of a case."""
    for found in _FORBIDS.finditer(case.text):
        places = [p for p in places_of(case.heard, stems_of(tokenise(found["what"]))) if not p.told]
        said = [f"{p.before} {p.within}" for p in places]
        if said and all(_UNABLE.search(s) and not _FORBIDDEN.search(s) for s in said):
            yield Doubt(Support.PARTIAL, "plan: “can't” was said for a case, nobody advised against it")


def _otherwise(case: Case) -> Iterator[Doubt]:
    """'A, if B' where 'if B, then C' was said."""
    tokens = [t for c in case.clauses for t in c.tokens]
    at = next((n for n, t in enumerate(tokens) if _IF.fullmatch(t.text)), None)
    if not at:
        return
    advised, condition = stems_of(tokens[:at]), stems_of(tokens[at + 1 :])
    then = [s for s in _consequences(case.heard, condition) if len(s) >= _LEAST_AFTER]
    if advised and then and not any(advised & stems_of(s) for s in then):
        shown = words_of(then[0][:_SHOWN])
        yield Doubt(Support.PARTIAL, f"plan: for this case something else was said: “{shown} …”")


def _consequences(heard: Heard, condition: frozenset[str]) -> Iterator[Sequence[Token]]:
    """What was said behind 'then' where the words of a condition stand between an 'if' and it."""
    for utterance in heard.transcript.utterances:
        if utterance.speaker is Speaker.PATIENT or not condition:
            continue
        tokens = tokenise(utterance.text)
        for n, token in enumerate(tokens):
            first = next((m for m in range(n) if _IF.fullmatch(tokens[m].text)), None)
            if not _THEN.fullmatch(token.text) or first is None:
                continue
            shared = len(condition & stems_of(tokens[max(first, n - _FAR) : n]))
            if shared >= max(_LEAST_AFTER, _HALF * len(condition)):
                yield tokens[n + 1 : n + 1 + 2 * _SHOWN]


def _taken_back(case: Case) -> Iterator[Doubt]:
    """'Any chest pain?' 'No, well, yes when I run.': the no did not stand."""
    for clause in case.clauses:
        if not _DENIED & {t.text for t in clause.tokens}:
            continue
        for mention in clause.mentions:
            if not mention.context.negated:
                continue
            asked = [m for m in case.heard.concepts.get(mention.name, ()) if m.status is Status.NEGATED]
            answers = [a for m in asked if (a := _answer(case.heard, m.utterance))]
            if answers and len(answers) == len(asked) and all(_BACK.match(a) for a in answers):
                shown = " ".join(answers[0].split()[:_SHOWN])
                yield Doubt(Support.PARTIAL, f"negation: the no was taken back at once: “{shown} …”")


def _of_a_part(case: Case) -> Iterator[Doubt]:
    """'Does it hurt when I press here?' 'Yes.' 'And outside?' 'No.': the no is not of the whole."""
    for clause in case.clauses:
        for mention in clause.concepts() if _DENIED & {t.text for t in clause.tokens} else ():
            if not mention.context.negated or clause.sites():
                continue
            mentions = case.heard.concepts.get(mention.name, ())
            denied = [m for m in mentions if m.status is Status.NEGATED]
            told = any(m.status is Status.AFFIRMED and m.conditional for m in mentions)
            if denied and told and all(m.conditional for m in denied):
                yield Doubt(
                    Support.PARTIAL, f"negation: no {mention.said} was said of a part only, elsewhere it was affirmed"
                )


def _answer(heard: Heard, utterance: int) -> str:
    """What the patient says to it: the next utterance, or the same where he says it himself."""
    said = heard.transcript.utterances
    for n in (utterance, utterance + 1):
        if n < len(said) and said[n].speaker in (Speaker.PATIENT, Speaker.OTHER):
            return said[n].text
    return ""


def _broken_off(case: Case) -> Iterator[Doubt]:
    """A word that was only begun and taken back at once is no word of the line."""
    words = {t.text for c in case.clauses for t in c.tokens}
    for utterance in case.heard.transcript.utterances:
        for found in _BROKEN.finditer(utterance.text):
            word = found[1].lower()
            if word in words and f"{word}-" not in case.text.lower() and not _is_said_whole(case.heard, word):
                yield Doubt(Support.PARTIAL, f"heard: “{word}” was a slip, taken back at once")
                return


def _is_said_whole(heard: Heard, word: str) -> bool:
    whole = re.compile(rf"\b{re.escape(word)}\b(?!-)", re.IGNORECASE)
    return any(whole.search(u.text) for u in heard.transcript.utterances)
