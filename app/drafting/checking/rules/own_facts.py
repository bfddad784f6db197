"""What stands under the patient's own medicines and illnesses must be his: no plan, worry or misunderstanding."""

import re
from collections.abc import Iterator, Sequence
from weakref import WeakKeyDictionary

from app.domain.note import Support
from app.domain.transcript import Speaker
from app.drafting.checking.hearing.heard import Heard, HeardMention, Status
from app.drafting.checking.rules.verdict import Case, Doubt
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.spoken.exchanges import Exchanges, names_in
from app.drafting.spoken.given_medicines import NO_MEDICINE
from app.drafting.writing.misplaced import Whose

_PLANNED = ("plan", "assessment")
_OVER = re.compile(r"\b(?:no longer|stopped|not|former|formerly|previous\w*|past|until|used to|discontinued)\b", re.I)
_CONTINUES = re.compile(r"^\W*(?:continue|keep|carry on)\b", re.IGNORECASE)
_ASCRIBES = re.compile(
    r"\byou(?:'ve| have)? (?:also |just )?(?:mentioned|said|told|reported|described)\b", re.IGNORECASE
)

_INTENDS = re.compile(r"\bi(?:['’]ll| will|(?:['’]m| am) (?:going to|gonna))\W+(?:\w+\W+){0,4}$", re.IGNORECASE)

_read: WeakKeyDictionary[Heard, Whose] = WeakKeyDictionary()


def check(case: Case) -> Iterator[Doubt]:
    """Yield doubts about medicines that are only planned or stopped, and illnesses that are only feared or ascribed."""
    planned = any(name in case.section for name in _PLANNED)
    if case.label == "medicine" and not planned:
        yield from _medicines(case, _whose(case.heard))
    elif case.label == "medicine" and _CONTINUES.search(case.text):
        for drug in {d.name: d for d in case.drugs()}.values():
            if drug.name in _whose(case.heard).given:
                yield Doubt(Support.PARTIAL, f"plan: {drug.said} is new in this visit, nobody said to continue it")
    elif case.label == "illness":
        yield from _illnesses(case, _whose(case.heard))


def _medicines(case: Case, whose: Whose) -> Iterator[Doubt]:
    for drug in {d.name: d for d in case.drugs()}.values():
        if drug.name in whose.given:
            yield Doubt(Support.PARTIAL, f"plan: {drug.said} was advised in this visit, not taken so far")
        elif drug.name in whose.stopped and not _OVER.search(case.text):
            yield Doubt(Support.PARTIAL, f"plan: {drug.said} is no longer taken, as the patient says")
        elif _only_intended(case.heard, case.heard.drugs.get(drug.name, ())):
            yield Doubt(Support.PARTIAL, f"plan: {drug.said} is what the patient means to take, not takes")
    things = {m.name: m for m in case.concepts()}
    if things and set(things) <= NO_MEDICINE and not any(True for _ in case.drugs()):
        said = next(iter(things.values())).said
        yield Doubt(Support.PARTIAL, f"who: {said} is no medicine, and nobody spoke of it as one")


def _only_intended(heard: Heard, mentions: Sequence[HeardMention]) -> bool:
    """'OK, so I'll take some ibuprofen', once it was advised; 'usually I'll take some' is what he does."""
    own = [m for m in mentions if m.speaker is Speaker.PATIENT]
    advised = [m.utterance for m in mentions if m.speaker is Speaker.CLINICIAN and m.status is not Status.ASKED]
    if not own or not advised or min(advised) > min(m.utterance for m in own):
        return False
    said = [(heard.transcript.utterances[m.utterance].text, m.mention.said) for m in own]
    before = [text[: text.lower().find(name.lower())] for text, name in said if name.lower() in text.lower()]
    return bool(before) and len(before) == len(own) and all(_INTENDS.search(text) for text in before)


def _illnesses(case: Case, whose: Whose) -> Iterator[Doubt]:
    for mention in {m.name: m for m in case.concepts()}.values():
        if kind_of(mention.name) != "condition" or mention.context.negated or mention.context.hedged:
            continue
        if mention.name in whose.feared:
            yield Doubt(Support.PARTIAL, f"certainty: {mention.said} was spoken of as a worry only")
        elif _only_ascribed(mention.name, case.heard):
            yield Doubt(Support.PARTIAL, f"who: {mention.said} was named by the clinician only, never by the patient")


def _only_ascribed(name: str, heard: Heard) -> bool:
    """Whether the clinician says 'you mentioned …' of something that nobody else says, and nothing more of it."""
    mentions = heard.concepts.get(name, [])
    if not mentions or any(m.speaker is not Speaker.CLINICIAN for m in mentions):
        return False
    said = [heard.transcript.utterances[n].text for n in sorted({m.utterance for m in mentions})]
    holding = [s for text in said for s in sentences_of(text) if name in names_in(s)]
    return bool(holding) and all(_ASCRIBES.search(sentence) for sentence in holding)


def _whose(heard: Heard) -> Whose:
    known = _read.get(heard)
    if known is None:
        known = _read[heard] = Whose.of(heard.transcript, Exchanges(heard.transcript))
    return known
