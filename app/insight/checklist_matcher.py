"""Whether a note holds an item of a checklist: a written-down rule, no judge model.

The rule. Item and statement are read into facts (`text_facts`): concepts and drugs of the lexicon and body sites, each
affirmed or denied and of the patient or of a relative; numbers with their measure; sides; details of the table
`details` and the stems of all other content words. A statement, or two adjacent ones taken together, *covers* an item
if

1. each concept and drug of the item is named in it, affirmed or denied as in the item, an illness also of the same
   person; a narrower concept stands for an affirmed wider one ('chest pain' for 'pain'), a wider one for a denied
   narrower one; a concept that the lexicon does not find counts if the stems of all its words stand there;
2. each number is named in it with the same measure; a span ('6-7 times') is met by any number in it;
3. each side is named in it;
4. of the rest (sites, details, words, vague amounts) at least half are in it if the item has a concept, drug or number,
   else at least two thirds; details and words must be affirmed or denied as in the item; a word with one letter
   astray counts from five letters on.

An item that names no symptom, illness, drug or habit, and at most one word that is no detail ('for 3 days', 'left
side'), belongs to the nearest item above it that does: its topic. It is found only where the topic is named, too, in
the covering statements or the ones beside them; or the topic is the note's chief complaint (named in its first two
statements) and no other complaint stands there. 'and …' and 'or …' go on where the item above stopped, also with its
denial. 'No problem with' something says that it is normal. A bare 'nil' denies what its section is about.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

from app.domain.note import Note
from app.drafting.checking.reading import Kind
from app.drafting.lexicon.concepts import kind_of, narrower_than, wider_than
from app.drafting.lexicon.labels import label_meaning, split_label
from app.insight.checklists import Item
from app.insight.text_facts import Amount, Facts, Named, Word, facts_of, in_words

SHARE_WITH_ANCHOR = 0.5
SHARE_OF_WORDS = 0.66
LIKE = 88.0
"""Least similarity (rapidfuzz ratio, 0 to 100) of two words of five or more letters that count as the same."""

_CHIEF = 2
_STANDS_ALONE = 2
_NOTHING = {
    "illness": "no medical conditions",
    "medicine": "no medication",
    "family": "no family illness",
    "allergy": "no allergies",
    "surgery": "no operations",
}
_NOTHING_WORDS = frozenset({"no", "none", "nothing", "else", "significant", "of", "note", "known"})
_KIN = frozenset({"mother", "father", "brother", "sister", "friend", "child"})
_GOES_ON = ("and ", "or ", "nor ", "& ")


class NoteMatcher:
    """A note, read once, to be asked for one item after another.

    `further` are statements that stand beside the note, such as its list of what was said and is not in it.
    """

    def __init__(self, note: Note, further: Sequence[str] = ()) -> None:
        texts = [(section.title, s.text) for section in note.sections for s in section.statements]
        self._facts = [_read(title, text) for title, text in [*texts, *(("", text) for text in further)]]
        self._chief = _topics(self._facts[:_CHIEF])

    def holds(self, item: Item) -> bool:
        """Whether the note holds the item by the rule of this module."""
        wanted = item_facts(item)
        topic = _topic_of(item, wanted)
        for n, facts in enumerate(self._facts):
            beside = self._facts[max(0, n - 1) : n + 2]
            if covers(wanted, facts) and self._in_topic(topic, facts, beside):
                return True
            if n + 1 < len(self._facts):
                both = facts.with_facts(self._facts[n + 1])
                if covers(wanted, both) and self._in_topic(topic, both, self._facts[max(0, n - 1) : n + 3]):
                    return True
        return False

    def _in_topic(self, topic: Facts | None, facts: Facts, beside: Iterable[Facts]) -> bool:
        if topic is None:
            return True
        named = _topics([topic])
        if not named:
            return any(_says_some_of(topic, other) for other in beside)
        if named & _topics(beside):
            return True
        complaints = {name for name, _ in _topics([facts]) if _is_illness(name)}
        return bool(named & self._chief) and not complaints


@lru_cache(maxsize=4096)
def item_facts(item: Item) -> Facts:
    """Read an item, with what it takes over from the ones above it."""
    return facts_of(_whole(item), of_relative=_of_relative(item))


def covers(wanted: Facts, said: Facts) -> bool:
    """Whether a statement's facts cover an item's, by the four points of the rule."""
    named = [n for n in wanted.named if n.kind is not Kind.SITE]
    exact = [a for a in wanted.amounts if not a.vague]
    if not all(_is_named(n, said) for n in named) or not all(_is_counted(a, said) for a in exact):
        return False
    if not wanted.sides <= said.sides:
        return False
    rest = [_has_site(n, said) for n in wanted.named if n.kind is Kind.SITE]
    rest += [_is_counted(a, said) for a in wanted.amounts if a.vague]
    rest += [_is_worded(w, said) for w in wanted.words]
    anchored = bool(named or exact)
    share = SHARE_WITH_ANCHOR if anchored else SHARE_OF_WORDS
    needed = math.ceil(len(rest) * share - 1e-9)
    return sum(rest) >= needed and (anchored or any(rest) or bool(wanted.sides))


def _read(title: str, text: str) -> Facts:
    label, body = split_label(in_words(text))
    meaning = label or label_meaning(in_words(title))
    if meaning in _NOTHING and _is_nothing(body):
        return facts_of(_NOTHING[meaning])
    return facts_of(body if meaning == "family" else text, of_relative=meaning == "family")


def _whole(item: Item) -> str:
    text = item.text.strip()
    meaning = label_meaning(in_words(item.section))
    if meaning in _NOTHING and _is_nothing(in_words(text)):
        return _NOTHING[meaning]
    if item.above and text.lower().startswith(_GOES_ON) and facts_of(item.above[-1]).denies:
        return f"no {text.split(maxsplit=1)[1]}"
    return text


def _is_nothing(text: str) -> bool:
    return bool(text.strip()) and all(w in _NOTHING_WORDS for w in text.lower().replace(".", " ").split())


def _of_relative(item: Item) -> bool:
    """The item, or one that it is a detail of, is about a relative or a relative's illness."""
    named = any(n.of_relative for n in facts_of(item.text).named)
    return named or any(w.name in _KIN for text in item.above for w in facts_of(text).words)


def _topic_of(item: Item, wanted: Facts) -> Facts | None:
    """The facts of the nearest item above that something can be said of; None if the item stands by itself."""
    plain = [w for w in wanted.words if not w.of_table]
    if not item.above or any(n.can_be_topic for n in wanted.named) or len(plain) >= _STANDS_ALONE:
        return None
    above = [facts_of(text) for text in reversed(item.above)]
    return next((facts for facts in above if any(n.can_be_topic for n in facts.named)), above[0])


def _topics(facts: Iterable[Facts]) -> set[tuple[str, bool]]:
    return {(n.name, n.negated) for f in facts for n in f.named if n.can_be_topic}


def _is_illness(name: str) -> bool:
    return kind_of(name) in ("symptom", "condition")


def _says_some_of(topic: Facts, said: Facts) -> bool:
    return any(_is_worded(w, said) for w in topic.words) or any(_has_site(n, said) for n in topic.named)


def _is_named(wanted: Named, said: Facts) -> bool:
    same = {wanted.name, *(wider_than(wanted.name) if wanted.negated else narrower_than(wanted.name))}
    for other in said.named:
        same_person = other.of_relative == wanted.of_relative or not _is_illness(wanted.name)
        if other.kind is wanted.kind and other.name in same and other.negated == wanted.negated and same_person:
            return True
    if any(w.name == wanted.name and w.negated == wanted.negated for w in said.words):
        return True
    stems = {(s, wanted.negated) for s in wanted.stems}
    return bool(stems) and not wanted.of_relative and stems <= said.stems


def _has_site(wanted: Named, said: Facts) -> bool:
    return any(n.kind is Kind.SITE and n.name == wanted.name for n in said.named)


def _is_counted(wanted: Amount, said: Facts) -> bool:
    return any(
        other.measure is wanted.measure and other.low <= wanted.high * 1.001 and wanted.low <= other.high * 1.001
        for other in said.amounts
    )


def _is_worded(wanted: Word, said: Facts) -> bool:
    for other in said.words:
        if other.negated == wanted.negated and _same_word(wanted, other):
            return True
    named = any(n.name == wanted.name and n.negated == wanted.negated for n in said.named)
    return named or (wanted.name, wanted.negated) in said.stems


def _same_word(a: Word, b: Word) -> bool:
    if a.name == b.name or a.name in b.joined or b.name in a.joined:
        return True
    if min(len(a.name), len(b.name)) < 5:
        return False
    from rapidfuzz import fuzz

    return a.name.startswith(b.name) or b.name.startswith(a.name) or fuzz.ratio(a.name, b.name) >= LIKE
