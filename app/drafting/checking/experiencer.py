"""Who is meant: the patient or a relative, and which relative."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.heard import HeardMention
from app.drafting.checking.reading import Mention
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem

_KINDS = frozenset({"symptom", "condition", "procedure"})
_GENERAL = words("relative-general")
_GENERAL_STEMS = frozenset(stem(w) for w in _GENERAL)
_DEAD = frozenset({"died", stem("died"), "deceased", stem("deceased")})
_OWN = frozenset({"i", "my", "me", "you", "your"})
_EVERYDAY = {
    "mother": ("mom", "mum", "mommy", "mummy", "mama"),
    "father": ("dad", "daddy", "papa"),
    "grandmother": ("grandma", "granny", "nan"),
    "grandfather": ("grandpa", "grandad"),
}


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about whose symptom or condition it is."""
    if any(t.stem in _DEAD for c in case.clauses for t in c.tokens):
        return  # 'he died of …' cannot be the patient
    for mention in case.concepts():
        heard = case.heard.concepts.get(mention.name, [])
        if heard and kind_of(mention.name) in _KINDS and not mention.context.negated:
            yield from _one(case, mention, heard)


def _one(case: Case, note: Mention, heard: list[HeardMention]) -> Iterator[Doubt]:
    relatives = {m.mention.context.relative for m in heard}
    relative = note.context.relative
    if relative:
        if relative in relatives and relative:
            return
        named = {r for r in relatives if _specific(r)}
        if _specific(relative) and not _named_near(case, heard, relative):
            said = " and ".join(sorted(named)) or "patient"
            yield Doubt(Support.CONTRADICTED, f"who: note {relative}, transcript {said}")
        elif relatives == {""} and not _named_near(case, heard, relative):
            yield Doubt(Support.CONTRADICTED, f"who: {note.said} was said of the patient, not of the family")
    elif "" not in relatives:
        named_all = " and ".join(sorted(relatives))
        yield Doubt(Support.CONTRADICTED, f"who: {note.said} was said of the {named_all}, not of the patient")


def _specific(relative: str) -> bool:
    return bool(relative) and relative not in _GENERAL and "family" not in relative


def _named_near(case: Case, heard: list[HeardMention], relative: str) -> bool:
    """The relative is named around a mention that is not the patient's own ('and your father?' 'he had diabetes')."""
    wanted = {stem(relative), *(stem(w) for w in _EVERYDAY.get(relative, ()))} if _specific(relative) else set()
    places: set[int] = set()
    for mention in heard:
        texts = {t.text for t in case.heard.clauses[mention.clause][1].tokens}
        if mention.mention.context.relative:
            places |= {mention.utterance + d for d in range(-3, 3)}
        elif not texts & _OWN:
            places |= {mention.utterance - d for d in range(4)}
        places |= {n for n in (mention.utterance + 1, mention.utterance + 2) if n not in case.heard.named_in}
    if not any(_specific(m.mention.context.relative) for m in heard):
        wanted |= _GENERAL_STEMS
    return any(n in places for word in wanted for n in case.heard.stems.get(word, ()))
