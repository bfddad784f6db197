"""Puts the lines of a plan right: when to come back and on what condition, what is only considered, mere courtesy."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.reading.prompt_lines import compact
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in
from app.drafting.spoken.given_medicines import NO_MEDICINE, is_newly_given, medicines_in, newly_given
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.own_words import quoted_words
from app.drafting.writing.phrases import Phrase

_RETURNS = re.compile(
    r"\b(?:see (?:you|me|us|him|her|them|another|a|the|your)|come (?:back|in|and|again)|follow(?:ing)?[- ]?up|review\w*"
    r"|return\w*|appointment|book\w*|call\w*|ring|recheck\w*|repeat\w*|check (?:back|in|on)|touch base|meet|speak"
    r"|(?:catch|talk) (?:up|again)|back (?:in|to)|contact|schedul\w+|again|let (?:me|us) know|gps?|doctor|clinic)\b",
    re.IGNORECASE,
)
_BACK = re.compile(
    r"\b(?:come back|return|(?:see|call|contact) (?:me|us) again|back to (?:see )?(?:me|us))\b", re.IGNORECASE
)
_SEEK = re.compile(
    r"\b(?:come back|see (?:me|us|a|your|the)|call|ring|contact|return|let (?:me|us) know|emergency"
    r"|a&e|hospital|999|911|111)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(r"\b(?:if|unless|should (?:you|it|they))\b", re.IGNORECASE)
_WORSENS = re.compile(
    r"\bif\b|\b(?:gets?|getting|got|become|becoming) (?:any )?worse\b|\bworsen\w*\b|\bdevelop\w*\b", re.I
)
_OPEN = re.compile(
    r"\b(?:may|might|could|would)(?: \w+)? (?:need|have|want|be|do|think|consider)\b|\bpossibl[ey]\b|\bperhaps\b"
    r"|\bmaybe\b|\bconsider\b|\bif\b",
    re.IGNORECASE,
)
_DECIDED = re.compile(
    r"\b(?:i'll|we'll|going to|gonna|gon na|let's|i(?:'d| would) like|i want|we(?:'re| are)|i(?:'m| am)|order|refer you"
    r"|wan na|send(?:ing)? you|book(?:ing)? you)\b",
    re.IGNORECASE,
)
_THOUGHT_OF = re.compile(r"\b(?:may|might|could|perhaps|maybe|consider|think about|option)\b", re.IGNORECASE)
_REPEATS = re.compile(r"\b(?:repeat|recheck)\w*", re.IGNORECASE)
_NONE_NEEDED = re.compile(r"(?:no|not|stop|without)\b", re.IGNORECASE)
_LEVELS = re.compile(r"\blevels?$", re.IGNORECASE)
_SAID_OPEN = re.compile(r"\b(?:consider|may|might|could|if|possibl[ey]|think about|discuss)\b", re.IGNORECASE)
_COURTESY = re.compile(
    r"(?:please )?(?:take care(?: of yourself)?|(?:try to )?(?:get|feel) (?:well|better)(?: soon)?|good luck"
    r"|all the best|have a (?:good|nice|great|lovely) \w+|don't worry|no (?:further )?(?:questions?|problem)"
    r"|nice to (?:see|meet) you|.*\bfinali[sz]e (?:the )?(?:note|report)\b.*)",
    re.IGNORECASE,
)
_TIME = frozenset(stem(w) for w in words("time-of-return"))
_CONTINUES = re.compile(r"^(?:continue|keep|carry on)(?: (?:taking|using|with|on))?\s+", re.IGNORECASE)
_NODDING = 4  # words with content between two parts of the clinician's turn
_REACH = 2
LONGEST_WARNING = 80
"""Words of a quoted warning."""


def settled_plan(section: SectionTemplate, phrases: Sequence[Phrase], transcript: Transcript) -> list[Phrase]:
    """Return the lines of a plan, each in its field and with its condition; other sections as they are.

    A time without a word of coming back is none; one with a condition is quoted with it; fragments of a warning become
    the whole warning; tests and referrals that were only thought of are 'consider …'.
    """
    follow = next((f for f in section.fields if "come back" in f.when), None)
    if section.said_by is not Speaker.CLINICIAN or follow is None:
        return list(phrases)
    plan = _Plan(section, follow, transcript)
    found: list[Phrase] = []
    for phrase in phrases:
        settled = (
            phrase if phrase.none or phrase.stated else plan.placed(phrase) if phrase.is_quote else plan.settle(phrase)
        )
        if settled is not None and settled not in found and not any(_within(settled, p) for p in found):
            found = [p for p in found if not _within(p, settled)] + [settled]
    return [p for field in section.fields for p in found if p.field is field]


class _Plan:
    def __init__(self, section: SectionTemplate, follow: Field, transcript: Transcript) -> None:
        self._follow = follow
        self._rest = section.field_with("rest") or follow
        self._utterances = transcript.utterances
        self._tests = next((f for f in section.fields if "test" in f.kinds), None)
        self._given = newly_given(transcript)
        self._place = {u.id: n for n, u in enumerate(transcript.utterances)}

    def placed(self, quote: Phrase) -> Phrase:
        """What names no medicine is advice."""
        therapies = {n for n in names_in(quote.text) if kind_of(n) == "therapy"}
        medicine = medicines_in(quote.text) or therapies - NO_MEDICINE
        return quote if medicine or "drug" not in quote.field.kinds else replace(quote, field=self._rest)

    def settle(self, phrase: Phrase) -> Phrase | None:
        if _COURTESY.fullmatch(phrase.text):
            return None
        if not medicines_in(phrase.text) and (
            _BACK.search(phrase.text) or ("specialist" in phrase.field.kinds and _is_own_practice(phrase.text))
        ):
            phrase = self._return_to(phrase)
        if "specialist" in phrase.field.kinds and _NONE_NEEDED.match(phrase.text):
            phrase = replace(phrase, field=self._follow)
        phrase = phrase if any(c.isdigit() for c in phrase.text) else self.placed(phrase)
        if "drug" in phrase.field.kinds and _LEVELS.search(phrase.text) and self._tests is not None:
            phrase = replace(phrase, field=self._tests)
        if phrase.field in (self._follow, self._rest) and _is_fragment(phrase.text):
            return self._warning(phrase)
        if phrase.field is self._follow:
            return self._follow_up(phrase)
        return self._considered(phrase)

    def _return_to(self, phrase: Phrase) -> Phrase:
        """A visit to the practice is no referral; a bare 'GP' becomes the clinician's sentence."""
        stems = content_stems(phrase.text)
        if len(stems) > 1:
            return replace(phrase, field=self._follow)
        holding = [s for s in self._stated(phrase.evidence) if stems & content_stems(s)]
        return replace(phrase, field=self._follow, text=quoted_words(holding[0]) if holding else phrase.text)

    def _follow_up(self, phrase: Phrase) -> Phrase | None:
        """A time to come back, with its condition; what is neither a time nor a visit is advice."""
        if not _is_time(phrase.text):
            about = _RETURNS.search(phrase.text) or _TIME & content_stems(phrase.text)
            return phrase if about else replace(phrase, field=self._rest)
        returning = [s for s in self._around(phrase) if _RETURNS.search(s) and not _repeats_a_test(s)]
        if not returning or "ago" in phrase.text.lower().split():
            return None
        numbers = {n.value for n in read_numbers(tokenise(phrase.text))}
        holding = [s for s in returning if numbers & {n.value for n in read_numbers(tokenise(s))}]
        if holding and all(_CONDITION.search(s) for s in holding):
            return replace(phrase, text=quoted_words(holding[0]))
        return phrase

    def _considered(self, phrase: Phrase) -> Phrase:
        """'Consider …' for what the clinician only thought of; no 'continue' for what is given for the first time."""
        text = phrase.text
        if _CONTINUES.match(text) and is_newly_given(text, self._given):
            text = _CONTINUES.sub("", text)
        kinds = {"test", "procedure", "specialist", "drug"} & set(phrase.field.kinds)
        if kinds and not _SAID_OPEN.search(text):
            open_words = _THOUGHT_OF if "drug" in kinds else _OPEN
            stems = content_stems(text)
            holding = [s for s in self._stated(phrase.evidence) if 2 * len(stems & content_stems(s)) >= len(stems)]
            if holding and all(open_words.search(s) and not _DECIDED.search(s) for s in holding):
                text = f"consider {text}"
        return replace(phrase, text=text)

    def _warning(self, phrase: Phrase) -> Phrase:
        """The clinician's turn around a fragment such as 'if worse', from its condition to what to do then."""
        places = [
            self._place[e] for e in phrase.evidence if self._utterances[self._place[e]].speaker is Speaker.CLINICIAN
        ]
        if not places:
            return phrase
        turn = self._turn(places[0])
        said = [s for s in sentences_of(" ".join(compact(u) for u in turn)) if s]
        telling = [n for n, s in enumerate(said) if _WORSENS.search(s) or _BACK.search(s)]
        if not telling or not any(_SEEK.search(s) for s in said):
            return phrase
        told = said[telling[0]]
        for last, n in pairwise(telling):
            told += f" {said[n]}" if n == last + 1 else f" … {said[n]}"
        return Phrase(self._follow, quoted_words(told, longest=LONGEST_WARNING), tuple(u.id for u in turn))

    def _turn(self, at: int) -> list[Utterance]:
        """Up to two utterances of the clinician before and after, over nods, as long as they warn or say what to do."""
        found = [self._utterances[at]]
        for step in (-1, 1):
            n, taken = at + step, 0
            while 0 <= n < len(self._utterances) and taken < _REACH:
                utterance = self._utterances[n]
                if utterance.speaker is Speaker.CLINICIAN:
                    if not (_WORSENS.search(utterance.text) or _BACK.search(utterance.text)):
                        break
                    found = [utterance, *found] if step < 0 else [*found, utterance]
                    taken += 1
                elif len(content_stems(utterance.text)) > _NODDING:
                    break
                n += step
        return found

    def _stated(self, evidence: Sequence[str]) -> list[str]:
        said = [self._utterances[self._place[e]] for e in evidence if e in self._place]
        return [s for u in said if u.speaker is not Speaker.PATIENT for s in sentences_of(compact(u)) if s]

    def _around(self, phrase: Phrase) -> list[str]:
        """The clinician's sentences of the evidence, and those beside it in one turn."""
        ids = [
            self._utterances[n].id
            for e in phrase.evidence
            for n in range(max(0, self._place[e] - 1), min(len(self._utterances), self._place[e] + 2))
        ]
        return self._stated(tuple(dict.fromkeys(ids)))


def _is_fragment(text: str) -> bool:
    """Whether a line says when to worry, and not what to do then."""
    acts = {"test", "procedure", "drug", "therapy", "specialist"} & kinds_in(text)
    return bool(_WORSENS.search(text)) and not (acts or _RETURNS.search(text) or _SEEK.search(text))


def _repeats_a_test(sentence: str) -> bool:
    """Whether a test is done again, not a visit."""
    return "test" in kinds_in(sentence) and not _RETURNS.search(_REPEATS.sub("", sentence))


def _is_time(text: str) -> bool:
    tokens = [t for t in tokenise(text) if not t.is_stop]
    numbers = {n for found in read_numbers(tokenise(text)) for n in range(found.start, found.end)}
    spoken = [t for n, t in enumerate(tokenise(text)) if not t.is_stop and n not in numbers]
    return bool(tokens) and all(t.stem in _TIME for t in spoken)


def _is_own_practice(text: str) -> bool:
    return kinds_in(text) == {"specialist"} and set(names_in(text)) == {"primary care"}


def _within(phrase: Phrase, quote: Phrase) -> bool:
    """Whether a quote on the same words of the visit says all of a line."""
    if (
        phrase is quote
        or phrase.stated
        or not quote.is_quote
        or not phrase.evidence
        or not set(phrase.evidence) <= set(quote.evidence)
    ):
        return False
    return content_stems(phrase.text) <= content_stems(quote.text)
