"""What in a visit may count as a fact about the patient: not conditions, not talk in general, not questions left open.

"If you get a fever", "it could be a sign of cancer", "some people itch" and a question without an audible answer name
complaints and illnesses that nobody said the patient has.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from app.domain.transcript import Speaker, Transcript, Utterance
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.drugs import guess_drugs
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.spoken.affirmed import begins_with_no, without_suspicions, words_affirmed
from app.drafting.spoken.conditions import CONDITION, goes_on_with_condition
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import Exchanges, content_stems, is_plain_no, kinds_in, names_in, said_names
from app.drafting.spoken.relatives import spoken_of
from app.drafting.spoken.run_on import questions_apart
from app.drafting.spoken.talk import LEAST_SAID
from app.drafting.spoken.worries import is_worry, worried_about
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.phrases import Phrase

_GOES_ON_ASKING = re.compile(
    r"^\W*(?:(?:um+|uh+)\W+)*(?:ok(?:ay)?|al+ ?right|right|fine|sure|great|now|so)\b", re.IGNORECASE
)
_SAME_MATTER = 1
"""Words with content by which a second question may differ that only repeats the first."""
_GENERAL = re.compile(
    r"\b(?:might|could|may|can) (?:also |just |well |even )?(?:be|have|cause|lead|happen|get)\b|\bcaused by\b"
    r"|\b(?:some|most|many|other|lots of) (?:people|patients)\b|\bthings (?:like|that|might)\b",
    re.IGNORECASE,
)
_ADVICE = re.compile(
    r"\b(?:possibl[ey]|potentially?|perhaps|worried|concerned|suspect|wonder"
    r"|sounds like|looks like|seems? like|i think|recommend|advise|suggest|should"
    r"|you could|you can|i'd like|i would like|want you to|we'll|i'll|let's)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r",\s*")
_HAS_ALREADY = re.compile(
    r"\b(?:continue|keep|still|already|currently|same|stop|increase|decrease|raise|lower|stay|refill|been|again)\b",
    re.IGNORECASE,
)
_OF_PERSON = re.compile(
    r"\b(?:you|your|you've|you're|he|his|she|her|they|patient|mr|mrs|ms|has|had|history|presents|here for)\b",
    re.IGNORECASE,
)
_SUPPOSES = re.compile(
    r"\bwhat if\b|\bcould (?:it |this |that )?be\b|\bmight be\b|\bsign of\b"
    r"|\b(?:can|may) (?:it|this|that) (?:\w+ )?be\b|\bif (?:it|this|that) (?:can|may) be\b"
    r"|\b(?:worried|scared|afraid|concerned|fear)\b"
    r"|\bgoogl\w*|\bread(?:ing)? (?:that|about|up|online|on)\b|\byou (?:say|said|mean|think)\b|\bwonder\w*"
    r"|\b(?:friend|neighbou?r|colleague|boss|flatmate|roommate|someone|somebody)(?:'s|s)?\b",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(r"\b(?:might|may|could) (?:be|have)\b|\bif\b|\bpossibl[ey]\b|\bwhether\b", re.IGNORECASE)
_NEGATED = re.compile(
    r"(?:n't|\b(?:no|not|never|without|denies|nor|cannot|none|neither))\b"
    r"([^.?!;,]{3,90}(?:,\s*(?:(?:and|or|no)\s+)?\w+(?:\s+\w+){0,2}(?=[,.?!]|$))*)",
    re.IGNORECASE,
)
_UNSURE = re.compile(
    r"(?:n't|\bnot) (?:really |quite )?(?:know|sure|remember|recall|certain)\b(?: if| whether)?[^.?!,]*", re.IGNORECASE
)
_DOUBTED = re.compile(
    r"\b(?:do|did)(?:\s?n't| not) (?:really )?(?:think|believe|remember|recall)\b(?:(?!\bbut\b)[^.?!;])*", re.IGNORECASE
)
"""'I don't think I've ever had heartburn'"""
_OWN_DENIAL = re.compile(
    r"\b(?:haven't|have not|never|don't|do not|didn't|have n't|do n't) (?:had|have|get|got|feel|felt)\b([^.?!;]*)",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"\b(?:we(?:'d|'ll| will| would| can| could)|would|will|gon ?na|going to|plan\w*|next step|options?|could|needs?"
    r"|approach)\b[^.?!;]*",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\byou (?:also |just )?(?:endorse[ds]?|mentioned|reported|described|told [^?.!,]*)[^?.!,]*", re.IGNORECASE
)
_NOT_MEASURED = re.compile(
    r"[^.?!]*(?:n't|\bnot|\bnever) (?:actually |really )?(?:checked|measured|tested|looked|taken it)\b[^.?!]*",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"^(?:nothing|none|nobody|no one)\b", re.IGNORECASE)
_HEARD_AS = re.compile(r"\S+ \(heard as [“\"](.+?)[”\"]\)")
_FUNCTIONS = frozenset(stem(w) for w in words("function"))
_OF_HISTORY = content_stems(
    "history past previous chronic diagnosed known childhood current condition disease issues problems"
)
_OF_PATIENT = frozenset({"symptom", "condition", "drug"})


class Grounds:
    """What was said of the patient as a fact, by words and by clinical names; build it once for a visit."""

    def __init__(self, transcript: Transcript, exchanges: Exchanges) -> None:
        self._transcript = transcript
        self._exchanges = exchanges

    @cached_property
    def _facts(self) -> list[str]:
        utterances, found = self._transcript.utterances, list[str]()
        for n, utterance in enumerate(utterances):
            if utterance.speaker is Speaker.CLINICIAN:
                found.extend(self._clinicians(utterances, n))
            else:
                found.extend(_DOUBTED.sub(" ", s) for s in self._own(utterance) if not _SUPPOSES.search(s))
        return found

    @cached_property
    def _illnesses(self) -> list[str]:
        """The facts without comparisons, suspicions and reasons of a referral."""
        return [without_suspicions(fact) for fact in self._facts]

    @cached_property
    def _supposed(self) -> list[str]:
        own = [s for u in self._transcript.utterances if u.speaker is not Speaker.CLINICIAN for s in self._own(u)]
        return [_DOUBTED.sub(" ", s) for s in own]

    def holds(self, text: str, *, illness: bool) -> bool:
        """Whether most words of a text are facts of the patient, and no clinical name of it came up otherwise only.

        Args:
            illness: whether what the patient supposes, fears or tells of a friend is no fact: so for illnesses.
        """
        facts = self._illnesses if illness else [*self._facts, *self._supposed]
        stems = {stem for fact in facts for stem in content_stems(fact)}
        names = {name for fact in facts for name in names_in(fact)}
        text = _HEARD_AS.sub(r"\1", text)
        wanted = content_stems(text)
        meant = {s for name, said in said_names(text) if name in names for s in content_stems(said)}
        if wanted and len(wanted & (stems | meant)) < LEAST_SAID * len(wanted):
            return False
        if illness and self._has_unspoken_word(text):
            return False
        claimed = {n for n in names_in(text) if (kind_of(n) or "drug") in _OF_PATIENT}
        everywhere = {n for u in self._transcript.utterances for n in names_in(u.text)}
        return not (claimed & everywhere) - names

    def _has_unspoken_word(self, text: str) -> bool:
        """Whether a word of an illness was said by nobody, and no other name of the illness either."""
        spoken = {stem for u in self._transcript.utterances for stem in content_stems(u.text)}
        named = {n for u in self._transcript.utterances for n in names_in(u.text)}
        meant = {s for name, said in said_names(text) if name in named for s in content_stems(said)}
        return bool(content_stems(text) - spoken - meant - _OF_HISTORY) and not set(names_in(text)) <= named

    def only_asked(self, text: str) -> bool:
        """Whether half of a text's words stand in questions that their answers do not let stand."""
        wanted = content_stems(text)
        told = {stem for said in (*self._facts, *self._supposed) for stem in content_stems(said)}
        asked = {
            stem
            for u in self._transcript.utterances
            if u.speaker is Speaker.CLINICIAN
            for sentence in sentences_of(u.text)
            for s in questions_apart(sentence)
            if is_question(tokenise(s))
            for stem in content_stems(s)
        }
        return bool(wanted) and 2 * len((wanted - told) & asked) >= len(wanted)

    def worries(self, text: str) -> bool:
        """Whether the patient says in so many words that he worries about what a phrase names."""
        return worried_about(text, self._transcript)

    def own_denial(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The clinical words of a text that the patient denies having in a sentence of his own, with its utterance."""
        names = [(name, said) for name, said in said_names(text) if kind_of(name) in ("symptom", "condition")]
        for utterance in self._transcript.utterances:
            if utterance.speaker is not Speaker.PATIENT:
                continue
            for denied in _OWN_DENIAL.findall(utterance.text):
                told = [said for name, said in names if name in names_in(denied)]
                if told and not is_worry(told[0]):
                    return told[0], (utterance.id,)
        return "", ()

    def holds_operation(self, text: str) -> bool:
        """Whether an operation was told as one of the past; what is only planned today was not."""
        facts = [_PLANNED.sub(" ", fact) for fact in self._illnesses]
        stems = {stem for fact in facts for stem in content_stems(fact)}
        names = {name for fact in facts for name in names_in(fact)}
        everywhere = {stem for u in self._transcript.utterances for stem in content_stems(u.text)}
        spoken = content_stems(text) & everywhere
        named = {n for n in names_in(text) if n in {m for u in self._transcript.utterances for m in names_in(u.text)}}
        return bool(named <= names) and (not spoken or 2 * len(spoken & stems) >= len(spoken))

    def refused(self, text: str) -> bool:
        """Whether the patient was asked for the illnesses of a text, plainly denied them, and names them nowhere else.

        What the clinician takes the complaint for today is no illness of the past.
        """
        claimed = {n for n in names_in(text) if kind_of(n) == "condition"}
        denials = [e for e in self._exchanges.denials if not e.family]
        asked = {e.question.id for e in denials}
        told = {
            name
            for u in self._transcript.utterances
            if u.speaker is not Speaker.CLINICIAN and u.id not in asked
            for s in self._own(u)
            if not _SUPPOSES.search(s)
            for name in names_in(s)
        } | self._exchanges.affirmed
        return bool(claimed) and claimed <= {n for e in denials for n in e.concepts} - told

    def denied(self, text: str) -> bool:
        """Whether somebody denied what a text names: by a plain no to its question, or behind a negation."""
        names, wanted = set(names_in(text)), content_stems(text)
        if names and names <= {n for e in self._exchanges.denials for n in e.concepts}:
            return True

        def holds(said: str) -> bool:
            if names and names <= set(names_in(said)):
                return True
            return bool(wanted) and 2 * len(wanted & content_stems(said)) >= len(wanted)

        return any(holds(said) for said in self._denials)

    @cached_property
    def _denials(self) -> list[str]:
        """Questions that were answered with no, and what stands behind a negation."""
        utterances, found = self._transcript.utterances, list[str]()
        for n, utterance in enumerate(utterances):
            for clause in _NEGATED.findall(_UNSURE.sub(" ", _NOT_MEASURED.sub(" ", utterance.text))):
                found.append(clause)
            reply = _whole_reply(utterances, n)
            if (
                is_question(tokenise(utterance.text))
                and begins_with_no(reply)
                and utterance.id not in self._exchanges.taken_back
            ):
                found.append(utterance.text)
        return found

    def _own(self, utterance: Utterance) -> Iterator[str]:
        """Sentences of an utterance that are not about a relative."""
        relative = self._exchanges.relatives.get(utterance.id)
        if relative is None:
            yield from sentences_of(utterance.text)
        else:
            yield from (piece for piece, of in spoken_of(utterance.text, relative) if not of)

    def _clinicians(self, utterances: Sequence[Utterance], n: int) -> Iterator[str]:
        """What the clinician asks and is answered other than with a no, or states of this patient."""
        said = [piece for sentence in self._own(utterances[n]) for piece in questions_apart(sentence)]
        going_on = goes_on_with_condition(utterances, n)
        following = _reply(utterances, n)
        for k, sentence in enumerate(said):
            if going_on and k == 0:
                continue
            if is_question(tokenise(sentence)):
                last = not any(content_stems(s) for s in said[k + 1 :] if not is_question(tokenise(s)))
                if last and following is not None and not is_plain_no(following.text):
                    asked = replace(utterances[n], text=sentence)
                    yield words_affirmed(asked, _whole_reply(utterances, n) or following.text)
                yield " ".join(_REPORTED.findall(sentence))
            elif _HAS_ALREADY.search(sentence) and _has_drug(sentence):
                yield sentence
            elif _OF_PERSON.search(stated := _stated(sentence)) or _has_drug(stated):
                yield stated


def grounded(section: SectionTemplate, phrases: Sequence[Phrase], grounds: Grounds) -> list[Phrase]:
    """Return the phrases without complaints, illnesses and medicines that nobody said the patient has.

    Of the clinician's findings those go that he himself names as possible only.
    """
    listed = {stem for p in phrases if not p.none and p.field.none for stem in content_stems(p.field.none)}
    found = [
        p if p.none or p.is_quote or _stands(section, p, grounds, listed) else _denied(section, p, grounds)
        for p in phrases
    ]
    return [p for p in found if p is not None]


def _denied(section: SectionTemplate, phrase: Phrase, grounds: Grounds) -> Phrase | None:
    """What the patient denies in his own sentence of something that he was taken to worry about."""
    field = section.field_with("denied")
    if field is None or section.said_by or not (_is_worries(phrase.field) or is_worry(phrase.text)):
        return None
    said, ids = grounds.own_denial(phrase.text)
    return Phrase(field, said, ids) if said else None


def _stands(section: SectionTemplate, phrase: Phrase, grounds: Grounds, listed: set[str]) -> bool:
    """`listed`: stems of 'no allergies' and the like, of which the note lists some after all."""
    if section.said_by:
        return not ("finding" in phrase.field.kinds and _POSSIBLE.search(phrase.text))
    if phrase.field.role == "denied":
        if _is_place(phrase.text):
            return False
        listed_after_all = content_stems(phrase.text) <= listed
        return not (_NOTHING.search(phrase.text) or listed_after_all) and grounds.denied(phrase.text)
    return _is_told(phrase, grounds)


def _is_told(phrase: Phrase, grounds: Grounds) -> bool:
    """Whether somebody tells a complaint, an illness, a medicine, an operation or a worry as the patient's."""
    if _is_worries(phrase.field) or is_worry(phrase.text):
        return grounds.worries(phrase.text)
    if "procedure" in phrase.field.kinds:
        return grounds.holds_operation(phrase.text)
    if "wife" in phrase.field.when:
        return not grounds.only_asked(phrase.text)
    if not _tells(phrase.field):
        return True
    illness = "condition" in phrase.field.kinds
    return grounds.holds(phrase.text, illness=illness) and not (illness and grounds.refused(phrase.text))


def _is_worries(field: Field) -> bool:
    return "worried" in field.when


def _is_place(text: str) -> bool:
    """Whether a text names places or functions of the body and nothing else: 'bowels' cannot be denied."""
    tokens = tokenise(text)
    within = {n for hit in find_sites(tokens) for n in range(hit.start, hit.end)}
    within |= {n for n, t in enumerate(tokens) if t.stem in _FUNCTIONS}
    return bool(within) and all(n in within or t.is_stop for n, t in enumerate(tokens))


def _tells(field: Field) -> bool:
    """Whether a field holds what the patient has or takes."""
    return field.role == "symptoms" or bool(_OF_PATIENT & set(field.kinds))


def _reply(utterances: Sequence[Utterance], n: int) -> Utterance | None:
    """The answer to what is asked in utterance `n`; none where the clinician goes on to something else."""
    for utterance in utterances[n + 1 : n + 3]:
        if utterance.speaker is not Speaker.CLINICIAN:
            return utterance
        other = content_stems(utterance.text) - content_stems(utterances[n].text)
        if _GOES_ON_ASKING.search(utterance.text) or len(other) > _SAME_MATTER:
            return None
    return None


def _whole_reply(utterances: Sequence[Utterance], n: int) -> str:
    """All that the other speaker says after utterance `n`, before the same one goes on; nods of his are skipped."""
    reply: list[str] = []
    for utterance in utterances[n + 1 : n + 5]:
        if utterance.speaker is not utterances[n].speaker:
            reply.append(utterance.text)
        elif len(utterance.text.split()) > 1 or reply:
            break
    return " ".join(reply)


def _stated(sentence: str) -> str:
    """A sentence without its conditions, its advice and its clauses in general."""
    for begins in (CONDITION, _ADVICE):
        found = begins.search(sentence)
        sentence = sentence[: found.start()] if found else sentence
    return ", ".join(clause for clause in _CLAUSE.split(sentence) if not _GENERAL.search(clause))


def _has_drug(sentence: str) -> bool:
    return "drug" in kinds_in(sentence) or bool(guess_drugs(tokenise(sentence)))
