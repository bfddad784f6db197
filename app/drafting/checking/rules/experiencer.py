"""Who is meant: the patient or a relative, and which relative."""

import re
from collections.abc import Iterator

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import HeardMention
from app.drafting.checking.hearing.reading import Clause, Mention
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem
from app.drafting.spoken.relatives import ACQUAINTANCE, spoken_of

_KINDS = frozenset({"symptom", "condition", "procedure"})
_YES = re.compile(r"\W*(?:(?:um+|uh+|oh|well)\W+)*(?:yes|yeah|yep|i (?:do|did|have|had))\b|$", re.IGNORECASE)
_GENERAL = words("relative-general")
_GENERAL_STEMS = frozenset(stem(w) for w in _GENERAL)
_DEAD = frozenset({"died", stem("died"), "deceased", stem("deceased")})
_OWN = frozenset({"i", "my", "me", "you", "your", "yourself", "myself"})
_POINTING = frozenset({"it", "them", "one", "that", "same", "too", "also"})
_HAS = words("has")
_KIN = words("kin")
_EVERYDAY = {
    "mother": ("mom", "mum", "mommy", "mummy", "mama"),
    "father": ("dad", "daddy", "papa"),
    "grandmother": ("grandma", "granny", "nan"),
    "grandfather": ("grandpa", "grandad"),
}


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about whose symptom or condition it is."""
    died = any(t.stem in _DEAD for c in case.clauses for t in c.tokens)
    for mention in case.concepts():
        if died and not mention.context.relative:
            continue  # 'he died of …' cannot be the patient
        heard = case.heard.concepts.get(mention.name, [])
        if heard and kind_of(mention.name) in _KINDS and not mention.context.negated:
            yield from _one(case, mention, heard)


def _one(case: Case, note: Mention, heard: list[HeardMention]) -> Iterator[Doubt]:
    relatives = {m.mention.context.relative for m in heard}
    relative = note.context.relative
    if relative and relatives == {ACQUAINTANCE}:
        yield Doubt(Support.CONTRADICTED, f"who: {note.said} was said of an acquaintance, not of the family")
    elif relative:
        if relative in relatives and relative:
            return
        named = {r for r in relatives if _specific(r)}
        if _specific(relative) and not _named_near(case, heard, relative):
            said = " and ".join(sorted(named)) or "patient"
            yield Doubt(Support.CONTRADICTED, f"who: note {relative}, transcript {said}")
        elif relatives == {""} and not _named_near(case, heard, relative):
            yield Doubt(Support.CONTRADICTED, f"who: {note.said} was said of the patient, not of the family")
    elif case.label == "illness" and (kin := _answered_of(case, heard)):
        yield Doubt(Support.PARTIAL, f"who: {note.said} was asked about, the answer tells of the {kin}")
    elif case.label == "illness" and _only_todays(heard):
        kin = " and ".join(sorted(relatives - {""}))
        yield Doubt(Support.PARTIAL, f"who: {note.said} was told of the {kin}; the patient's is only today's finding")
    elif "" not in relatives:
        named_all = " and ".join(sorted(relatives))
        yield Doubt(Support.CONTRADICTED, f"who: {note.said} was said of the {named_all}, not of the patient")


def _answered_of(case: Case, heard: list[HeardMention]) -> str:
    """The relative of whom the answers tell if the illness is named in questions alone: 'Any cancers?' 'My mother.'"""
    said = case.heard.transcript.utterances
    kin = ""
    for mention in heard:
        answer = next((u.text for u in said[mention.utterance + 1 : mention.utterance + 2]), "")
        kin = "" if _YES.match(answer) else spoken_of(answer)[0][1]
        if not case.heard.clauses[mention.clause][1].question or mention.speaker is not Speaker.CLINICIAN or not kin:
            return ""
    return kin


def _only_todays(heard: list[HeardMention]) -> bool:
    """A relative has it, and of the patient it is first spoken of afterwards, by the clinician."""
    kin = [m.utterance for m in heard if m.mention.context.relative]
    own = [m for m in heard if not m.mention.context.relative]
    return bool(kin and own) and own[0].utterance > kin[0] and own[0].speaker is Speaker.CLINICIAN


def _specific(relative: str) -> bool:
    return bool(relative) and relative not in _GENERAL and "family" not in relative


def _named_near(case: Case, heard: list[HeardMention], relative: str) -> bool:
    """The relative is named around a mention that is not the patient's own ('and your father?' 'he had diabetes')."""
    wanted = {stem(relative), *(stem(w) for w in _EVERYDAY.get(relative, ()))} if _specific(relative) else set()
    places: set[int] = set()
    for mention in heard:
        clause = case.heard.clauses[mention.clause][1]
        of = mention.mention.context.relative
        if _specific(of) and wanted:
            if _is_listed(clause, mention.mention, wanted):
                return True
            continue
        if wanted and _pointed_at(clause, wanted):
            return True
        if of:
            places |= {mention.utterance + d for d in range(-3, 3)}
        elif not {t.text for t in clause.tokens} & _OWN:
            places |= _before(case, mention.utterance)
        places |= {n for n in (mention.utterance + 1, mention.utterance + 2) if n not in case.heard.named_in}
    if not any(_specific(m.mention.context.relative) for m in heard):
        wanted |= _GENERAL_STEMS
    return any(n in places for word in wanted for n in case.heard.stems.get(word, ()))


def _pointed_at(clause: Clause, wanted: set[str]) -> bool:
    """'I've never had stones, my dad had them': the relative has what was just named."""
    for n, token in enumerate(clause.tokens):
        if token.stem in wanted:
            return any(t.text in _POINTING for t in clause.tokens[n + 1 : n + 5])
    return False


def _is_listed(clause: Clause, mention: Mention, wanted: set[str]) -> bool:
    """'my mother and my father have it': the relative stands before the mention with one verb between them."""
    for n in range(mention.start):
        if clause.tokens[n].stem in wanted:
            between = clause.tokens[n : mention.start]
            others = any(n < c.start < mention.start for c in clause.concepts())
            return sum(1 for t in between if t.text in _HAS) <= 1 and not others
    return False


def _before(case: Case, utterance: int) -> set[int]:
    """The utterances before that may still be about the same person: until somebody speaks of 'you' or 'me' alone."""
    found = {utterance}
    for n in range(utterance - 1, utterance - 4, -1):
        texts = {t.text for c in case.heard.clauses_of.get(n, ()) for t in c.tokens}
        if texts & _OWN and not texts & _KIN:
            break
        found.add(n)
    return found
