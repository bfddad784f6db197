"""What a model gives as had, denied or done must have been so: the topic of a question is none of the three.

Rules read plain answers from the talk itself, so nothing is lost where a line of the model is left out.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.checking.hearing.heard import Heard, HeardMention, Status
from app.drafting.checking.hearing.quotation import tidy
from app.drafting.checking.hearing.reading import PAIN
from app.drafting.lexicon.concepts import find_concepts, kind_of, narrower_than, wider_than
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, stem, tokenise
from app.drafting.spoken.exchanges import content_stems, kinds_in, names_in, pairs
from app.drafting.spoken.run_on import questions_apart
from app.drafting.templates.template import SectionTemplate
from app.drafting.writing.history.plain_answers import is_complaint
from app.drafting.writing.misplaced import social_field
from app.drafting.writing.own_words import own_words
from app.drafting.writing.phrases import Phrase

_HAD = frozenset({"symptom", "condition"})
_DENIABLE = frozenset({"symptom", "condition", "finding"})
_SUPPOSED = re.compile(
    r"\b(?:thought|think|thinking|figured|guess(?:ed)?|assum\w+) (?:(?:it|this|that|they) )?"
    r"(?:is |was |were |might be )?(?:just |only |probably |maybe |like )*(?:an? |some |the )?$"
)
_RETOLD = re.compile(
    r"\b(?:den(?:y|ies|ied)|(?:you|he|she|they|patient) (?:do|does|did|have|has|had|is|are|were|was) (?:\w+ )?not)\b"
)
"""How a clinician says that somebody else denied something; 'there is no fever' is his own remark."""
_LABELLED = re.compile(r"^(?P<label>work|job|home|living|lives|exercise|diet|travel): (?P<what>.+)$", re.IGNORECASE)
_ASKED_OF_WORK = re.compile(
    r"\b(?:work|job|occupation|for a living|retired|profession|employed|school)\b", re.IGNORECASE
)
_TOLD_OF_WORK = re.compile(
    r"\bi(?:'m| am|'ve been| have been)? (?:\w+ )?(?:work|worked|working|retired|teach|drive)\b"
    r"|\bmy (?:job|work|boss|office|shifts?|business|company)\b|\bat work\b|\bi(?:'m| am) an? \w+|\bfor a living\b",
    re.IGNORECASE,
)
_ASKED_OF_HOME = re.compile(r"\b(?:live|lives|living|home|house|household|family|married|partner)\b", re.IGNORECASE)
_TOLD_OF_HOME = re.compile(
    r"\b(?:i|we)(?:'m| am|'re| are)? (?:\w+ )?liv(?:e|ing)\b|\blives? with\b|\bat home with\b|\bmy (?:home|house)\b",
    re.IGNORECASE,
)
_ASKED_OF_HABITS = re.compile(
    r"\b(?:exercis\w+|hobb(?:y|ies)|for fun|active|activit\w+|work(?:ing)? ?out|gym|sports?|enjoy|like to do|free time"
    r"|diet|eating)\b",
    re.IGNORECASE,
)
_NO = re.compile(r"\b(?:no|nope|not|never|none)\b|n't\b", re.IGNORECASE)
_ASKED_OF_TROUBLE = re.compile(
    r"\b(?:concerns?|problems?|issues|troubles?|difficult(?:y|ies)) (?:with|about|in|regarding) (?P<what>[^?.]*)",
    re.IGNORECASE,
)
_NO_TROUBLE = re.compile(r"\bno (?:\w+ )?(?:concerns?|problems?|issues|troubles?|difficult(?:y|ies))\b", re.IGNORECASE)
_NOT_ANY_MORE = re.compile(
    r"^\W*(?:(?:um+|uh+|oh|well|yeah|no)\W+)*(?:i|it|they|that)(?:'m| am|'s| is|'re| are)? ?"
    r"(?:(?:have|has|had|do|does|did) ?n't|not) (?:really |actually )?"
    r"(?:(?:hav|gett|feel|notic)\w*\b[^.,]{0,20}?\b|(?:had|got|felt)\b[^.,]{0,20}?\b)?any ?more\b",
    re.IGNORECASE,
)
"""'How's your back pain?' 'I'm not really having any more.'"""
_ONLY_THEN = re.compile(
    r"\b(?:have|has)(?: not| ?n't) (?:felt|had|seen|noticed|found) (?:it|them|any|that)"
    r" (?:since|any ?more|lately|now|again)\b",
    re.IGNORECASE,
)
"""'I did, in March, but I haven't felt it since then.'"""
_MEDICINE = re.compile(r"[\w ]+ (?:medications?|medicines?|meds|tablets?|pills?)", re.IGNORECASE)
"""'Depression medication' is no complaint."""
_TIMES = frozenset(stem(w) for w in ("full", "half", "whole", "last", "year", "month", "week", "day", "hour", "ago"))
_FIRST = 6
"""Words of an answer in which its no stands."""
_PRESSED = "tenderness"
_TOPICS = frozenset(stem(w) for w in words("social-topic")) | {stem("travel")}
_FUNCTIONS = frozenset(stem(w) for w in words("function"))
_NEAR = 8
"""Words between a place and the pain that is told of it."""
_ANSWERED_WITHIN = 2


class AffirmedLines:
    """Compares the model's phrases with what was affirmed and denied in a visit."""

    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript

    @cached_property
    def _heard(self) -> Heard:
        return Heard(self._transcript)

    @cached_property
    def _answered(self) -> list[tuple[str, str]]:
        """Questions with the answers behind them, also those at the end of talk without marks."""
        said = self._transcript.utterances
        plain = [(q.text, a.text) for q, a in pairs(self._transcript)]
        for question, answer in pairwise(said):
            apart = questions_apart(question.text) if question.speaker is Speaker.CLINICIAN else []
            if len(apart) > 1 and answer.speaker is not Speaker.CLINICIAN:
                plain.append((apart[-1], answer.text))
        return plain

    @cached_property
    def _refused(self) -> list[frozenset[str]]:
        """Words of the questions whose answers begin with a no."""
        return [content_stems(asked) for asked, said in self._answered if _NO.search(" ".join(said.split()[:_FIRST]))]

    def settled(self, section: SectionTemplate, phrases: Sequence[Phrase]) -> list[Phrase]:
        """Return the phrases of what the patient tells without those that he was only asked about."""
        if section.said_by:
            return list(phrases)
        found = [p if p.none or p.is_quote or '"' in p.text else self._settled(section, p) for p in phrases]
        return [p for p in found if p is not None]

    def _settled(self, section: SectionTemplate, phrase: Phrase) -> Phrase | None:
        if phrase.field.role == "denied":
            return phrase if self._is_denied(phrase.text) else None
        if phrase.field.role == "symptoms" and not phrase.field.first:
            return self._had(phrase)
        if phrase.field is social_field(section):
            return phrase if self._is_lived(phrase) else None
        if phrase.field.role == "family":
            return None if self._only_asked(phrase.text) else phrase
        return phrase if self._is_had(phrase) else None

    def _is_had(self, phrase: Phrase) -> bool:
        """Whether an illness or operation is one, and not denied."""
        if not {"condition", "procedure"} & set(phrase.field.kinds):
            return True
        named = [n for n in names_in(phrase.text) if kind_of(n) in ("condition", "procedure")]
        if kinds_in(phrase.text) and kinds_in(phrase.text) <= {"test", "measure"} and not named:
            return False  # a test is neither illness nor operation
        return not named or not all(self._is_refused(n) for n in named)

    def _is_denied(self, text: str) -> bool:
        """Whether the patient denies what a text names, or says no to a question with all its words."""
        if any(content_stems(text) <= asked for asked in self._refused):
            return True  # 'Do you use cotton buds?' names no complaint
        names = [n for n in names_in(text) if kind_of(n) in _DENIABLE and n != _PRESSED]
        if not names and _PRESSED in names_in(text):
            return False  # what pressing does not hurt is a finding
        if not names:
            return bool(names_in(text)) or is_complaint(text)
        return any(self._denies(m) for n in names for m in self._mentions(n))

    def _denies(self, heard: HeardMention) -> bool:
        if heard.status is not Status.NEGATED:
            return False
        told_by = self._transcript.utterances[heard.utterance].speaker
        if heard.confirmed_by is not None or (told_by is not Speaker.CLINICIAN and told_by is heard.speaker):
            return True
        return bool(_RETOLD.search(self._clause(heard)))

    def _had(self, phrase: Phrase) -> Phrase | None:
        """A complaint as it is, in the words of a patient who only supposes it, or None where he denies it."""
        named = [n for n in names_in(phrase.text) if kind_of(n) in _HAD]
        for name in named:
            if gone := self._gone(name):
                return replace(phrase, text='"{}" – "{}"'.format(*map(_spoken, gone)))
            own = self._affirmed(name)
            if own and all(self._supposed(m) for m in own):
                return self._in_own_words(phrase)
            if name not in PAIN and self._is_refused(name):
                return None
        if named and not any(self._mentions(n) for n in named):
            return None
        if self._is_no_trouble(phrase.text) or content_stems(phrase.text) <= _TIMES or _MEDICINE.fullmatch(phrase.text):
            return None
        return phrase if self._is_place_told(phrase.text) else None

    def _gone(self, name: str) -> tuple[str, str] | None:
        """Question and answer where the patient says, and nothing else of it, that it is there no more."""
        asked = [(q, a) for q, a in self._answered if name in names_in(q)]
        gone = [(q, a) for q, a in asked if _NOT_ANY_MORE.match(a) or _ONLY_THEN.search(a)]
        answers = {a for _, a in gone}
        others = (u.text for u in self._transcript.utterances if u.speaker is not Speaker.CLINICIAN)
        named = any(name in names_in(text) for text in others if text not in answers)
        return gone[0] if gone and len(gone) == len(asked) and not named else None

    def _is_no_trouble(self, text: str) -> bool:
        """'Any concerns with his growth?' 'No concerns': growth is no complaint."""
        stems = content_stems(text)
        for asked, said in self._answered:
            trouble = _ASKED_OF_TROUBLE.search(asked)
            refused = _NO.search(" ".join(said.split()[:_FIRST])) or _NO_TROUBLE.search(said)
            if trouble and stems and stems <= content_stems(trouble["what"]) and refused:
                return True
        return False

    def _affirmed(self, name: str) -> list[HeardMention]:
        return [m for m in self._of_patient(name) if m.status is Status.AFFIRMED]

    def _is_refused(self, name: str) -> bool:
        """Whether the patient denies what a name means and affirms it nowhere, whatever the clinician says of it."""
        denied = (m for m in self._of_patient(name) if m.status is Status.NEGATED)
        return not self._affirmed(name) and any(name == _PRESSED or not m.conditional for m in denied)

    def _of_patient(self, name: str) -> list[HeardMention]:
        """What the patient says of himself under a name, or answers to the clinician's question for it."""
        heard = self._heard.concepts.get(name, ())
        own = (m for m in heard if m.speaker is not Speaker.CLINICIAN or m.confirmed_by is not None)
        return [m for m in own if not m.mention.context.relative]

    def _mentions(self, name: str) -> list[HeardMention]:
        """What was said under a name, a narrower or a wider one."""
        names = (name, *narrower_than(name), *wider_than(name))
        return [m for n in names for m in self._heard.concepts.get(n, ())]

    def _supposed(self, heard: HeardMention) -> bool:
        """'I thought it was just heartburn': nobody has it for that."""
        tokens = self._heard.clauses[heard.clause][1].tokens
        return bool(_SUPPOSED.search(" ".join(t.text for t in tokens[: heard.mention.start]) + " "))

    def _clause(self, heard: HeardMention) -> str:
        return " ".join(t.text for t in self._heard.clauses[heard.clause][1].tokens)

    def _in_own_words(self, phrase: Phrase) -> Phrase | None:
        quote, ids = own_words(phrase.text, self._transcript)
        return replace(phrase, text=quote, evidence=ids) if quote else None

    def _is_place_told(self, text: str) -> bool:
        """Whether a place of pain was told as one: 'kidney' was said of the stone, not of the pain."""
        if not set(names_in(text)) & PAIN:
            return True
        wanted = set(_bare_sites(tokenise(text)))
        told = {site for u in self._transcript.utterances for site in self._sites_told(u)}
        return not wanted or bool(wanted & told)

    def _sites_told(self, utterance: Utterance) -> set[str]:
        tokens = tokenise(utterance.text)
        sites = _bare_sites(tokens)
        if utterance.speaker is not Speaker.CLINICIAN:
            return set(sites)
        pains = [hit.start for hit in find_concepts(tokens) if hit.name in PAIN and hit.name != "tenderness"]
        return {s for s, at in sites.items() if at and tokens[at - 1].text == "my"} | {
            s for s, at in sites.items() if any(abs(p - at) <= _NEAR for p in pains)
        }

    def _is_lived(self, phrase: Phrase) -> bool:
        """Whether a line of work, home and habits was told as one: not what is only near the words."""
        label = _LABELLED.match(phrase.text)
        what = label["what"] if label else phrase.text
        kind = label["label"].lower() if label else ""
        if kind in ("work", "job"):
            return self._was_told(what, _ASKED_OF_WORK, _TOLD_OF_WORK)
        if kind in ("home", "living", "lives"):
            return self._was_told(what, _ASKED_OF_HOME, _TOLD_OF_HOME)
        stems = content_stems(what)
        if stems <= _TOPICS or self._only_refused(stems):
            return False
        if len(stems) <= 1 and not kinds_in(what) - {"social"} and not _is_named(what):
            if stems <= _FUNCTIONS:
                return False  # 'walking', 'eating': everybody does
            return self._was_told(what, _ASKED_OF_HABITS, _TOLD_OF_WORK)
        return True

    def _only_asked(self, text: str) -> bool:
        """Whether words of a line stand in a question that was answered with a no, and nobody else says them."""
        stems = content_stems(re.sub(r"\([^)]*\)", "", text))
        own = {
            s for u in self._transcript.utterances if u.speaker is not Speaker.CLINICIAN for s in content_stems(u.text)
        }
        return bool(stems - own) and any(stems <= asked for asked in self._refused)

    def _only_refused(self, stems: frozenset[str]) -> bool:
        """'Do you have a scale at home?' 'No, but I can get one.'"""
        own = (content_stems(u.text) for u in self._transcript.utterances if u.speaker is not Speaker.CLINICIAN)
        return any(stems <= asked for asked in self._refused) and not any(stems & said for said in own)

    def _was_told(self, what: str, asked: re.Pattern[str], told: re.Pattern[str]) -> bool:
        """Whether a sentence with words of a phrase tells of such a thing, or answers a question for it."""
        stems, utterances = content_stems(what), self._transcript.utterances
        for n, utterance in enumerate(utterances):
            if utterance.speaker is Speaker.CLINICIAN or not stems & content_stems(utterance.text):
                continue
            if told.search(utterance.text):
                return True
            before = utterances[max(0, n - _ANSWERED_WITHIN) : n]
            if any(u.speaker is Speaker.CLINICIAN and asked.search(u.text) for u in before):
                return True
        return False


def _spoken(said: str) -> str:
    plain = tidy(said).replace('"', "")
    return plain[:1].upper() + plain[1:]


def _is_named(text: str) -> bool:
    """Whether a text names a habit or a state of life that the lexicon knows: 'smoker', 'retired'."""
    return any(kind_of(n) == "social" for n in names_in(text)) and not text.lower().strip().endswith("ing")


def _bare_sites(tokens: Sequence[Token]) -> dict[str, int]:
    """Places of the body with their token, those within the name of another thing left out: 'kidney stone'."""
    others = [(hit.start, hit.end) for hit in find_concepts(tokens) if kind_of(hit.name) == "condition"]
    return {s.name: s.start for s in find_sites(tokens) if not any(a <= s.start < b for a, b in others)}
