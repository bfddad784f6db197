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
   astray counts from five letters on, with two from eight on.

An item that names no symptom, illness, drug or therapy, and at most one word that is no detail ('3 days', 'left side'),
or that begins with a preposition ('for contraception'), belongs to the nearest item above it that does: its topic. It
is found only where the topic is named, too: in the covering statements, or, if they name no other complaint, in the
two before or the one after; or the topic is the note's chief complaint (named in its first two statements) and the item
nothing but details of its course.

'and …' and 'or …' go on where the item above stopped, also with its denial. 'No problem with' something says that it is
normal; a bare 'nil' denies what its section is about; a drug no longer taken still is named; a quoted question is read
with its answer.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

from app.domain.note import Note
from app.drafting.checking.hearing.quantities import Measure
from app.drafting.checking.hearing.reading import PAIN, Kind
from app.drafting.lexicon.concepts import kind_of, narrower_than, wider_than
from app.drafting.lexicon.labels import label_meaning, split_label
from app.drafting.lexicon.sites import pain_concept_of
from app.insight.checklists import Item
from app.insight.quoted_exchanges import read_exchange
from app.insight.text_facts import UNTROUBLED, Amount, Facts, Named, Word, facts_of, in_words

SHARE_WITH_ANCHOR = 0.5
SHARE_OF_WORDS = 0.66
_WORD_WITH_SLIPS, _LONG_WORD = 5, 8

_ALL_RIGHT = frozenset({"normal", UNTROUBLED.name})
_BOWELS = frozenset({"bowels", "stool"})
_CHIEF = 2
_STANDS_ALONE = 2
_JOB, _OTHER = "job", "other"
_NOTHING = {
    "illness": "no medical conditions",
    "medicine": "no medication",
    "family": "no family history",
    "allergy": "no allergies",
    "surgery": "no operations",
}
_LABEL_NO = re.compile(r"^(?P<label>[A-Za-z ]{3,30}):\s*[\"“]?no\b[,.]?\s*", re.I)
_DENIES = ("no ", "not ", "nil ", "or ", "denies ", "without ")
_OF_ABOVE = ("for ", "in ", "on ", "with ", "when ", "after ", "as ", "by ", "due to ", "along ", "at ", "from ")
_NOTHING_WORDS = frozenset({"no", "none", "nothing", "else", "significant", "of", "note", "known"})
_RELATIVES = frozenset({"mother", "father", "brother", "sister"})
_PEOPLE = _RELATIVES | {"friend", "child", "wife", "partner", "family"}
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
            before, after = self._facts[max(0, n - 2) : n], self._facts[n + 1 : n + 3]
            if covers(wanted, facts):
                if self._in_topic(topic, wanted, facts, [*before, *after[:1]]):
                    return True
                continue
            both = facts.with_facts(after[0]) if after else facts
            if covers(wanted, both) and self._in_topic(topic, wanted, both, [*before, *after[1:]]):
                return True
        return False

    def _in_topic(self, topic: Facts | None, wanted: Facts, facts: Facts, beside: Sequence[Facts]) -> bool:
        if topic is None:
            return True
        named = _topics([topic])
        if not named:
            return any(_says_some_of(topic, other) for other in (facts, *beside))
        if _same_topic(named, _topics([facts])):
            return True
        if any(_is_illness(name) and not negated for name, negated in _topics([facts])):
            return False
        of_course = all(w.of_table and w.name not in _PEOPLE for w in wanted.words)
        return _same_topic(named, _topics(beside)) or (_same_topic(named, self._chief) and of_course)


@lru_cache(maxsize=4096)
def item_facts(item: Item) -> Facts:
    """Read an item, with what it takes over from the ones above it."""
    return facts_of(_whole(item), of_relative=_of_relative(item))


def covers(wanted: Facts, said: Facts) -> bool:
    """Whether a statement's facts cover an item's, by the four points of the rule."""
    if UNTROUBLED in wanted.words and _covers(_without_trouble(wanted), said):
        return True
    return _covers(wanted, said)


def _covers(wanted: Facts, said: Facts) -> bool:
    sites = [n for n in wanted.named if n.kind is Kind.SITE]
    only_spoken_of = [n for n in wanted.named if n.name in PAIN and wanted.words and not sites]
    named = [n for n in wanted.named if n.kind is not Kind.SITE and n not in only_spoken_of]
    exact = [a for a in wanted.amounts if not a.vague]
    of_others = any(w.name in _PEOPLE and w.of_table for w in wanted.words)
    if not all(_is_named(n, said, of_others=of_others) for n in named) or not all(_is_counted(a, said) for a in exact):
        return False
    if not wanted.sides <= said.sides:
        return False
    rest = [_has_site(n, said) for n in _places(wanted, said)]
    rest += [_has_pain(said) for _ in only_spoken_of]
    rest += [_is_counted(a, said) for a in wanted.amounts if a.vague]
    rest += [_is_worded(w, said) or _is_measured(w, wanted, said) for w in _telling(wanted)]
    anchored = bool(named or exact)
    share = SHARE_WITH_ANCHOR if anchored else SHARE_OF_WORDS
    needed = math.ceil(len(rest) * share - 1e-9)
    return sum(rest) >= needed and (anchored or any(rest) or bool(wanted.sides))


def _telling(wanted: Facts) -> list[Word]:
    """The item's words once each; 'other' only where there is little else."""
    found = list(dict.fromkeys(wanted.words))
    return found if len(found) <= _STANDS_ALONE else [w for w in found if w.name != _OTHER]


def _has_pain(said: Facts) -> bool:
    """Some pain, whichever: in 'no radiation of the pain' it is only what is spoken of."""
    pains = {pain for name in PAIN for pain in (name, *narrower_than(name))}
    return any(n.name in pains for n in said.named)


def _without_trouble(wanted: Facts) -> Facts:
    """'No coordination problems' is also said by 'no coordination or balance issues', read as plain denials."""
    words = (replace(w, negated=True) for w in wanted.words if w != UNTROUBLED)
    return replace(wanted, words=tuple(words))


def _places(wanted: Facts, said: Facts) -> list[Named]:
    """The item's sites; none where it is denied altogether: 'no weakness' says it of arms and legs, too."""
    denied = [n.negated for n in wanted.named if n.kind is not Kind.SITE] + [w.negated for w in wanted.words]
    everywhere = denied and all(denied) and not any(n.kind is Kind.SITE for n in said.named)
    return [] if everywhere else [n for n in wanted.named if n.kind is Kind.SITE]


def _is_measured(word: Word, wanted: Facts, said: Facts) -> bool:
    """'Started 3 days ago' is said by 'for 3 days', 'often' by '6 times a day', 'one side' by 'left'."""
    if word.name == "onset":
        return any(a.measure is Measure.DURATION and _is_counted(a, said) for a in wanted.amounts)
    if word.name == "frequent":
        return any(a.measure is Measure.FREQUENCY for a in said.amounts)
    return word.name == "one side" and bool(said.sides)


def _read(title: str, text: str) -> Facts:
    exchange = read_exchange(text, of_relative=label_meaning(text.partition(":")[0]) == "family")
    if exchange is not None:
        return exchange
    text = _told(text)
    label, body = split_label(in_words(text))
    meaning = label or label_meaning(in_words(title))
    if meaning in _NOTHING and _is_nothing(body):
        return facts_of(_NOTHING[meaning])
    before, _, last = body.strip(" .").rpartition(" ")
    if last == "no" and (denied := label_meaning(before)) in _NOTHING:
        return facts_of(_NOTHING[denied])
    return facts_of(body if meaning == "family" else text, of_relative=meaning == "family")


def _told(text: str) -> str:
    """Return what a quoted answer says under a label: 'Fever: "No."' says 'no fever'."""
    return _LABEL_NO.sub(r"no \g<label>. ", text)


def _whole(item: Item) -> str:
    text = item.text.strip()
    meaning = label_meaning(in_words(item.section))
    if meaning in _NOTHING and _is_nothing(in_words(text)):
        return _NOTHING[meaning]
    return _gone_on((*item.above, text), len(item.above))


def _gone_on(texts: Sequence[str], n: int) -> str:
    """The n-th text; 'or weakness' below 'no numbness' is 'no weakness'."""
    text = texts[n].strip()
    if n and text.lower().startswith(_GOES_ON) and texts[n - 1].lower().startswith(_DENIES):
        return f"no {text.split(maxsplit=1)[1]}"
    return text


def _is_nothing(text: str) -> bool:
    return bool(text.strip()) and all(w in _NOTHING_WORDS for w in text.lower().replace(".", " ").split())


def _of_relative(item: Item) -> bool:
    """The item, or one that it is a detail of, is about a relative or a relative's illness."""
    named = any(n.of_relative for n in facts_of(item.text).named)
    return named or any(w.name in _RELATIVES for text in item.above for w in facts_of(text).words)


def _topic_of(item: Item, wanted: Facts) -> Facts | None:
    """The facts of the nearest item above that something can be said of; None if the item stands by itself."""
    telling = [w for w in wanted.words if not w.of_table or w.name == _JOB] + [a for a in wanted.amounts if not a.vague]
    alone = any(n.stands_alone for n in wanted.named) or len(telling) >= _STANDS_ALONE
    if not item.above or (alone and not item.text.lower().startswith(_OF_ABOVE)):
        return None
    above = [facts_of(_gone_on(item.above, n)) for n in reversed(range(len(item.above)))]
    named = (facts for facts in above if any(n.can_be_topic for n in facts.named))
    return next(named, None) or next((facts for facts in above if facts.words or facts.named), None)


def _topics(facts: Iterable[Facts]) -> set[tuple[str, bool]]:
    """Names of topics with whether they are denied; a drug that is not taken is the same topic as one that is."""
    return {(n.name, n.negated and n.kind is not Kind.DRUG) for f in facts for n in f.named if n.can_be_topic}


def _same_topic(one: set[tuple[str, bool]], other: set[tuple[str, bool]]) -> bool:
    """Whether a topic of both is the same thing, or a wider or narrower name of it: 'chest pain' for 'pain'."""
    wider = {(name, negated) for n, negated in other for name in (n, *wider_than(n), *narrower_than(n))}
    return bool(one & wider)


def _is_illness(name: str) -> bool:
    return kind_of(name) in ("symptom", "condition")


def _says_some_of(topic: Facts, said: Facts) -> bool:
    named = {n.name for n in said.named}
    worded = any(_is_worded(w, said) or _is_measured(w, topic, said) for w in topic.words)
    return worded or any(n.name in named for n in topic.named)


def _is_named(wanted: Named, said: Facts, *, of_others: bool = False) -> bool:
    """Whether a text names it; `of_others`: the item names a person whom the text may read as a relative."""
    same = {wanted.name, *(wider_than(wanted.name) if wanted.negated else narrower_than(wanted.name))}
    for other in said.named:
        person = of_others or other.of_relative == wanted.of_relative or not _is_illness(wanted.name)
        same_sense = other.negated == wanted.negated or (other.kind is Kind.DRUG and _is_stopped(said))
        if other.kind is wanted.kind and other.name in same and same_sense and person:
            return True
    if any(w.name == wanted.name and w.negated == wanted.negated for w in said.words):
        return True
    stems = {(s, wanted.negated) for s in wanted.stems}
    known = any(other.name == wanted.name for other in said.named)
    return bool(stems) and not known and not wanted.of_relative and stems <= said.stems


def _is_stopped(said: Facts) -> bool:
    """A medicine no longer taken is named as one that was."""
    return any(w.name in ("not taking", "stopped") for w in said.words)


def _has_site(wanted: Named, said: Facts) -> bool:
    pain = pain_concept_of(wanted.name)
    return any(n.name == (wanted.name if n.kind is Kind.SITE else pain) for n in said.named)


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
    stems = (stem for stem, negated in said.stems if negated == wanted.negated)
    return named or (not wanted.of_table and any(_is_like(wanted.name, stem) for stem in stems))


def _same_word(a: Word, b: Word) -> bool:
    if {a.name, b.name} <= _ALL_RIGHT or {a.name, b.name} <= _BOWELS or a.name in b.joined or b.name in a.joined:
        return True
    return _is_like(a.name, b.name)


def _is_like(a: str, b: str) -> bool:
    """The same stem, one the beginning of the other, or a slip of the keyboard."""
    if a == b:
        return True
    shorter = min(len(a), len(b))
    if shorter < _WORD_WITH_SLIPS:
        return False
    from rapidfuzz.distance import OSA

    slips = 2 if shorter >= _LONG_WORD else 1
    return a.startswith(b) or b.startswith(a) or OSA.distance(a, b, score_cutoff=slips) <= slips
