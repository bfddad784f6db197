"""Who is meant: the patient or a relative, and which relative."""

from collections.abc import Iterator

from app.domain.note import Support
from app.drafting.checking.heard import HeardMention
from app.drafting.checking.reading import Mention
from app.drafting.checking.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of

_KINDS = frozenset({"symptom", "condition", "procedure"})
_GENERAL = frozenset(
    {"family", "family history", "relatives", "parents", "siblings", "kids", "children", "grandparents"}
)


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about whose symptom or condition it is."""
    for mention in case.concepts():
        heard = case.heard.concepts.get(mention.name, [])
        if heard and kind_of(mention.name) in _KINDS and not mention.context.negated:
            yield from _one(case, mention, heard)


def _one(case: Case, note: Mention, heard: list[HeardMention]) -> Iterator[Doubt]:
    relatives = {m.mention.context.relative for m in heard}
    family_section = "family" in case.section
    if note.context.relative or family_section:
        if relatives == {""} and not _near_family(case, heard):
            yield Doubt(Support.CONTRADICTED, f"who: {note.said} was said of the patient, not of the family")
        elif _another(note.context.relative, relatives):
            others = " and ".join(sorted(r for r in relatives if _specific(r)))
            yield Doubt(Support.CONTRADICTED, f"who: note {note.context.relative}, transcript {others}")
    elif "" not in relatives:
        named = " and ".join(sorted(relatives))
        yield Doubt(Support.CONTRADICTED, f"who: {note.said} was said of the {named}, not of the patient")


def _another(relative: str, heard: set[str]) -> bool:
    others = {r for r in heard if _specific(r)}
    return _specific(relative) and bool(others) and relative not in others and not heard & _GENERAL


def _specific(relative: str) -> bool:
    return bool(relative) and relative not in _GENERAL


def _near_family(case: Case, heard: list[HeardMention]) -> bool:
    """A relative is named in the utterances just before a mention ('and your father?' 'he had diabetes')."""
    places = {m.utterance - d for m in heard for d in (0, 1, 2, 3)}
    return any(
        m.utterance in places for ms in case.heard.concepts.values() for m in ms if m.mention.context.relative
    ) or any(t.text in _FAMILY_WORDS for n, c in case.heard.clauses if n in places for t in c.tokens)


_FAMILY_WORDS = frozenset(
    [
        "mother",
        "father",
        "mom",
        "mum",
        "dad",
        "brother",
        "sister",
        "parents",
        "family",
        "grandmother",
        "grandfather",
        "uncle",
        "aunt",
    ]
)
