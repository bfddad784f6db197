"""Said, not in the note: what was told, denied, found or planned aloud and on which no statement rests."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from app.domain.note import Note
from app.domain.transcript import Speaker, Transcript
from app.domain.unnoted import Unnoted, UnnotedKind
from app.drafting.checking.hearing.heard import Heard, Status
from app.drafting.checking.hearing.quotation import opened
from app.drafting.checking.hearing.spoken_pieces import Piece, SpokenPieces
from app.drafting.checking.hearing.spoken_subject import subject_before
from app.drafting.checking.unnoted.claims import Claim
from app.drafting.checking.unnoted.entries import Found, is_quoted, without_repeats
from app.drafting.checking.unnoted.news import LEAST_NEWS, news_of
from app.drafting.checking.unnoted.noted import Noted
from app.drafting.checking.unnoted.question_forms import (
    SHORT_QUESTION,
    only_explains,
    refuses,
    uncounted,
    whole_question,
)
from app.drafting.checking.unnoted.safety_nets import rank_of, safety_nets
from app.drafting.checking.unnoted.tables import Topic, asks_for_complaint, cues_in, has_cue, names, topic_of, topics_in
from app.drafting.checking.unnoted.told import claims_of
from app.drafting.checking.unnoted.volunteered import volunteered
from app.drafting.checking.unnoted.wording import Wording
from app.drafting.lexicon.concepts import kind_of, narrower_than
from app.drafting.lexicon.remembered import readings_remembered
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.spoken.doubtful_speakers import likely_speakers
from app.drafting.spoken.examining import examined
from app.drafting.spoken.exchanges import content_stems, is_plain_no, names_in
from app.drafting.spoken.single_spaces import with_single_spaces

_MOST_JOINED = 2
"""Sentences of one turn and kind that stand in one entry."""
_EMPTY = words("yes") | words("no") | words("filler-answer") | words("stop") | words("answer")
_ASKING = frozenset(
    stem(w) for w in ("problem", "change", "notice", "trouble", "question", "concern", "symptom", "recent")
)
_FINE = frozenset(stem(w) for w in names("fine"))
_LONGEST_QUESTION = 24
_LIMITS = re.compile(r"^\W*(?:(?:no|yes|yeah|well|um|uh)\W+)*but\b", re.I)
_PLANS = re.compile(r"(?:['’]ll|\b(?:should|need|will|would|could|going to|take|try|call|book|let|make sure))\b", re.I)
_EITHER_OR = re.compile(r"\bor\b", re.IGNORECASE)
"""'A regular beat, or an irregular one?' 'Irregular, I think.': one word of the answer is enough."""
_BEGINNING = 2
_SUMMARY = 3
"""Things named in one sentence of the clinician from which on it repeats what was told."""
_OPEN = re.compile(r"\b(?:how|what|where|when|who|which|why)\b", re.IGNORECASE)
_YES_OR_NO = frozenset(stem(w) for w in words("yes") | words("no") | words("filler-answer"))
_JUST_BEFORE = 2
_NEARLY_ALL = 0.75
_LEAST_BESIDES = 3
"""The same where all that question and answer name is in the note."""
_OF_ITS_OWN = (UnnotedKind.SYMPTOM, UnnotedKind.SOCIAL)
"""Topics whose answer some statement must rest on: its few words ('fine', 'at home') stand in others by chance."""
_LEAST_DETAIL = 2
"""Content words of an answer that counts although neither question nor answer has a word of the tables."""


@readings_remembered()
def said_not_noted(note: Note, transcript: Transcript) -> tuple[Unnoted, ...]:
    """Return what clinical content was said and is in no statement of the note, best first.

    Red flags, allergies and medicines come first, then by kind and weight, then as spoken. What is in the note in other
    words, what was only asked, small talk, repeats and explanations are not listed. Evidence of the note counts only
    as far as it was checked against this transcript. A note written for the patient leaves most out on purpose: nothing
    is listed there. Pure; about a second for 18,000 words.
    """
    if not transcript.utterances or note.reader == "patient":
        return ()
    return tuple(_Search(note, likely_speakers(with_single_spaces(transcript)).transcript).found())


class _Search:
    def __init__(self, note: Note, transcript: Transcript) -> None:
        self._heard = Heard(transcript)
        self._pieces = SpokenPieces(self._heard)
        self._noted = Noted(note, self._heard)
        self._wording = Wording(self._pieces)
        self._ids = [u.id for u in transcript.utterances]
        self._transcript = transcript
        self._note = note
        self._examined = examined(transcript)
        self._claims: list[Claim] = []

    def found(self) -> list[Unnoted]:
        """All entries, best first."""
        claims = self._claims = [self._as_answer(c) for c in claims_of(self._heard, self._pieces)]
        missing = self._once(self._not_held(claims))
        entries = list(self._asked(missing))
        within = [(e.kind, places) for _, e, places in entries]
        told = self._told([c for c in missing if not c.detail])
        entries += [t for t in told if not any(t[1].kind is kind and t[2] <= places for kind, places in within)]
        entries += self._topics(entries)
        entries += self._told([c for c in missing if c.detail and not is_quoted([c.place], c.stems, entries)])
        besides = self._not_held(list(volunteered(self._heard, self._pieces)))
        entries += self._told([c for c in besides if not is_quoted([c.place], c.stems, entries)])
        held = self._noted.holds_words
        entries = [e for e in entries if not held(e[1].text, e[2]) and not self._is_identity(e[2])]
        entries = [e for e in entries if self._tells_more(e[1])]
        kept = without_repeats([*entries, *safety_nets(self._note, self._transcript)])
        kept.sort(key=lambda item: (rank_of(item[1]), -item[0], min(item[2])))
        unique: dict[str, Unnoted] = {}
        for _, entry, _ in kept:
            unique.setdefault(entry.text.lower(), entry)
        return list(unique.values())

    def _tells_more(self, entry: Unnoted) -> bool:
        """Whether a quotation has a third of its words, or something clinical, that no line beside it says."""
        if '"' not in entry.text or entry.kind.pressing:
            return True
        news = news_of(entry, self._note, self._transcript)
        return news.clinical or news.share >= LEAST_NEWS

    def _is_identity(self, places: Iterable[int]) -> bool:
        """Name, birth date and address, and whether the line is good."""
        said = {q for n in places for q in (n, self._pieces.question(n)) if q is not None}
        return any(has_cue("identity", self._transcript.utterances[n].text) for n in said if self._pieces.asks(n))

    def _not_held(self, claims: Sequence[Claim]) -> list[Claim]:
        """What the note does not hold, also not where the same thing was said in other words."""
        missing: list[Claim] = []
        held: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
        for claim in claims:
            if not self._noted.holds(claim):
                missing.append(claim)
            elif claim.kind is not UnnotedKind.ALLERGY:
                held[_key(claim)].append(claim)
        return [c for c in missing if not any(c.may_be_at(h) for h in held.get(_key(c), ()))]

    def _as_answer(self, claim: Claim) -> Claim:
        """'Any fever or cough?' 'No, no fever.': the fever is denied together with the cough, as an answer."""
        if claim.kind is not UnnotedKind.DENIED or claim.answered:
            return claim
        question = self._pieces.question(claim.place)
        asked = [m for m in self._heard.concepts.get(claim.name, ()) if m.utterance == question]
        if not asked or not is_plain_no(self._transcript.utterances[claim.place].text):
            return claim
        return replace(
            claim,
            piece=self._pieces.piece(asked[0].clause, asked[0].mention.start),
            said=asked[0].mention.said,
            answered=True,
        )

    def _once(self, claims: Sequence[Claim]) -> list[Claim]:
        """Each thing once: where it was told best; wider words for the same thing not at all."""
        best: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
        for claim in sorted(claims, key=lambda c: (-c.weight, not self._has_words(c), c.place)):
            known = best[_key(claim)[:3]]
            if not any(claim.may_be_at(c) for c in known):
                known.append(claim)
        single = [c for known in best.values() for c in known]
        named = {(c.name, c.denied) for c in single}
        kept = [c for c in single if not any((n, c.denied) in named for n in narrower_than(c.name))]
        told = {c.name for c in kept if c.denied is False}
        return [c for c in kept if not (c.denied and c.name in told and c.answered is False)]

    def _has_words(self, claim: Claim) -> bool:
        """Whether an entry can be written: of what was asked only if the answer says it."""
        return not claim.answered or self._wording.answers(self._pieces.answer(claim.place), denied=bool(claim.denied))

    def _asked(self, claims: Sequence[Claim]) -> Iterator[Found]:
        """What stands in a question, grouped by the question, the answer and the kind."""
        groups: dict[tuple[int, bool | None, UnnotedKind], list[Claim]] = defaultdict(list)
        for claim in claims:
            if claim.answered:
                groups[claim.place, claim.denied, claim.kind].append(claim)
        for (question, denied, kind), members in groups.items():
            answer = self._pieces.answer(question)
            if not self._wording.answers(answer, denied=bool(denied)):
                continue
            places = frozenset((question, *answer))
            seen = self._ids[question] in self._examined  # what pressing does not hurt is no denial
            if denied and (seen or any(self._is_told(c.name) for c in members)):  # 'numbness anywhere else?' 'No.'
                text = self._wording.exchange([members[0].piece], answer)
            else:
                text = (self._wording.denied if denied else self._wording.affirmed)(members, answer)
            if kind is UnnotedKind.FAMILY:
                text = self._wording.of_family(text, members[0].relative)
            yield self._weight(members), self._entry(places, kind, text), places

    def _is_told(self, name: str) -> bool:
        """Whether the patient has it all the same, elsewhere, or at other times."""
        told = (m for m in self._heard.concepts.get(name, ()) if not m.mention.context.relative)
        return any(m.status is Status.AFFIRMED and m.speaker is not Speaker.CLINICIAN for m in told)

    def _told(self, claims: Sequence[Claim]) -> Iterator[Found]:
        """What somebody says, grouped by sentence: the kind of its most important claim."""
        groups: dict[Piece, list[Claim]] = defaultdict(list)
        for claim in claims:
            if not claim.answered:
                groups[claim.piece].append(claim)
        for said, members in self._joined(groups):
            pieces = self._with_what_it_limits(said)
            kind = min((c.kind for c in members), key=lambda k: k.rank)
            about = next(c.said for c in members if c.kind is kind)
            places = {p.utterance for p in pieces}
            question = self._pieces.question(pieces[0].utterance)
            pointing = members[0].detail and not members[0].named
            asked = pieces[0].first == 0 and (pointing or self._wording.needs_question(pieces, about))
            asked = asked and not (question is not None and self._opens(question))
            if question is not None and asked:
                places.add(question)
            text = self._wording.pressure(members) or self._wording.told(pieces, about, asked=asked)
            if question is not None and question in places:
                text = self._with_subject(text, self._transcript.utterances[question].text, places)
            elif members[0].detail and not members[0].named:
                text = self._with_subject(text, pieces[0].text, places)
            if kind is UnnotedKind.FAMILY:
                text = self._wording.of_family(text, next(c.relative for c in members if c.kind is kind))
            yield self._weight(members), self._entry(places, kind, text), frozenset(places)

    def _with_what_it_limits(self, pieces: list[Piece]) -> list[Piece]:
        """'I'm not prone to it. No but I had it once.': the second sentence stands with the first."""
        first = pieces[0]
        if not first.first or not _LIMITS.match(first.text):
            return pieces
        before = [p for p in self._pieces.pieces(first.utterance) if p.end <= first.first]
        return [*before[-1:], *pieces]

    def _opens(self, question: int) -> bool:
        """'How are you?' 'How can I help?': what follows is no answer to that."""
        return has_cue("closing", self._pieces.pieces(question)[-1].text)

    def _joined(self, groups: dict[Piece, list[Claim]]) -> list[tuple[list[Piece], list[Claim]]]:
        """Neighbouring sentences of one speaker and kind stand together."""
        found: list[tuple[list[Piece], list[Claim]]] = []
        for piece in sorted(groups, key=lambda p: (p.utterance, p.first)):
            last = found[-1] if found else None
            if last and len(last[0]) < _MOST_JOINED and self._follows(last[0][-1], piece):
                kinds = {min((c.kind for c in g), key=lambda k: k.rank) for g in (last[1], groups[piece])}
                if len(kinds) == 1:
                    last[0].append(piece)
                    last[1].extend(groups[piece])
                    continue
            found.append(([piece], list(groups[piece])))
        return found

    def _follows(self, a: Piece, b: Piece) -> bool:
        said = self._transcript.utterances
        if a.utterance == b.utterance:
            return a.end == b.first
        return b.utterance == a.utterance + 1 and said[a.utterance].speaker is said[b.utterance].speaker

    def _topics(self, entries: Sequence[Found]) -> list[Found]:
        """Answers to a clinician's questions that name no clinical word: how, where, how often, what for work."""
        found: list[Found] = []
        for n, utterance in enumerate(self._transcript.utterances):
            if utterance.speaker is Speaker.PATIENT or not (self._pieces.asks(n) or self._sums_up(n)):
                continue
            asked = [p for p in self._pieces.pieces(n) if p.text.endswith("?")] or list(self._pieces.pieces(n)[-1:])
            answer = self._pieces.answer(n)
            if not answer or is_quoted(answer, self._words(answer), [*entries, *found]):
                continue
            if self._repeats(n, answer, [*entries, *found]):
                continue
            kind, text = self._asked_about(whole_question(asked), answer)
            if text:
                places = frozenset((n, *answer))
                text = self._with_subject(text, utterance.text, places)
                found.append((0.5, self._entry(places, kind, text), places))
        return found

    def _repeats(self, question: int, answer: Sequence[int], entries: Sequence[Found]) -> bool:
        """'Half an hour?' 'Yeah.': a question that says again what was just answered, and a yes to it."""
        if self._words(answer):
            return False
        near = [entry.text for _, entry, places in entries if 0 < question - max(places) <= _JUST_BEFORE]
        asked = content_stems(self._transcript.utterances[question].text) - _YES_OR_NO
        return any(len(asked & content_stems(text)) >= _NEARLY_ALL * len(asked) for text in near)

    def _sums_up(self, n: int) -> bool:
        """'So your right eye is fine.' 'Yes.': a clinician's sentence about the patient that he just confirms."""
        text = self._transcript.utterances[n].text
        answer = {t.text for m in self._pieces.answer(n) for t in tokenise(self._transcript.utterances[m].text)}
        confirmed = bool(answer & words("yes")) and {stem(t) for t in answer - _EMPTY} <= _FINE
        about = {"you", "your"} & {w.strip(",.") for w in opened(text, nods=True).lower().split()[:_BEGINNING]}
        named = {c.name for clause in self._heard.clauses_of[n] for c in clause.concepts()}
        ahead = _PLANS.search(text) or any(has_cue(use, text) for use in ("general", "closing", "identity", "thanks"))
        return (
            confirmed and bool(about) and not ahead and len(named) < _SUMMARY and len(text.split()) <= _LONGEST_QUESTION
        )

    def _with_subject(self, text: str, asked: str, places: Iterable[int]) -> str:
        """A quoted exchange under what it is about, where it says only 'it'."""
        subject = subject_before(self._heard, asked, places)
        return f"{subject[:1].upper()}{subject[1:]}: {text.removeprefix('Patient: ')}" if subject else text

    def _words(self, places: Iterable[int]) -> set[str]:
        return {s for n in places for s in content_stems(self._transcript.utterances[n].text)} - _YES_OR_NO

    def _asked_about(self, asked: Sequence[Piece], answer: Sequence[int]) -> tuple[UnnotedKind, str]:
        """Kind and words of an entry for a question and its answer; no words if there is nothing to list."""
        said = " ".join(self._transcript.utterances[m].text for m in answer)
        question = replace(asked[-1], text=" ".join(p.text for p in asked))
        topic = topic_of([question.text])
        unclear = not any(self._wording.answers(answer, denied=denied) for denied in (False, True))
        telling = [p for m in answer for p in self._pieces.pieces(m) if content_stems(p.text) - _YES_OR_NO]
        asks_back = bool(telling) and all(p.text.endswith("?") for p in telling)
        if unclear or asks_back or has_cue("closing", question.text) or only_explains(question.text):
            return UnnotedKind.DETAIL, ""
        denies = topic is None and refuses(said)
        if is_plain_no(said) or denies:
            return self._refused(topic, asked, question, answer)
        asks = {kind_of(name) for name in names_in(question.text)} & {"symptom", "condition"}
        short = len(question.text.split()) < SHORT_QUESTION and not _OPEN.search(question.text) and not asks
        if topic is None and (short or has_cue("thanks", said)):
            return UnnotedKind.DETAIL, ""
        kind = topic.kind if topic is not None else UnnotedKind.DETAIL
        if topic is None and "symptom" in asks and len(question.text.split()) < SHORT_QUESTION:
            kind = UnnotedKind.SYMPTOM
        if any(not kind_of(name) for name in names_in(question.text)):
            kind = UnnotedKind.MEDICINE
        clauses = [c for m in answer for c in self._heard.clauses_of[m]]
        counted = [q for c in clauses for q in c.quantities]
        content = {t.stem for c in clauses for t in uncounted(c) if t.text not in _EMPTY}
        if not counted and content <= _FINE:  # a plain yes says what was asked
            content = self._asked_stems(question)
            counted = [q for c in self._heard.clauses_of[question.utterance] for q in c.quantities]
        chosen = bool(content) and _EITHER_OR.search(question.text) and content <= self._asked_stems(question)
        least = 0 if counted else 1 if chosen else 2 if topic is not None else _LEAST_DETAIL
        places, about = (question.utterance, *answer), self._asked_stems(question)
        if topic is None and not counted and (held := self._held_at(places)):
            content, least = content - held, _LEAST_BESIDES
        known = len(content) < least or not self._noted.has_news(places, content, counted, about)
        if topic is not None and topic.kind is UnnotedKind.SYMPTOM and self._wording.answers(answer, denied=True):
            known = known and (self._noted.denies(about) or self._noted.denies(content))
        sides = {" left ", " right "} & {f" {t.text} " for t in tokenise(said)} if topic is not None else set()
        known = known and not any(not self._noted.speaks_of([side]) for side in sides)
        known = known and all(self._noted.speaks_of([cue]) for cue in cues_in("detail", said))
        if topic is not None and topic.kind in _OF_ITS_OWN and content:
            known = known and (self._noted.rests_on(places) or self._noted.has_all(content))
        text = "" if known else self._wording.exchange(asked, answer)
        return kind, text

    def _held_at(self, places: Sequence[int]) -> set[str]:
        """The words of what was claimed in these utterances, if there is such and the note holds all of it."""
        here = [c for c in self._claims if c.place in places and not c.detail]
        return {s for c in here for s in c.stems} if all(self._noted.holds(c) for c in here) else set()

    def _refused(
        self, topic: Topic | None, asked: Sequence[Piece], question: Piece, answer: Sequence[int]
    ) -> tuple[UnnotedKind, str]:
        """What was asked without a known clinical word and answered with a plain no."""
        if topic is not None and topic.noted:
            places = (question.utterance, *answer)
            turn = [p for p in self._pieces.pieces(question.utterance) if p.text.endswith("?")] or [question]
            topics = [t for t in topics_in(" ".join(p.text for p in turn)) if t.noted] or [topic]
            open_ = [t for t in topics if not self._noted.denies_or_rests_on(t.noted, places)]
            if not open_ or set(names_in(question.text)) - names("skip"):
                return topic.kind, ""
            none = open_[0].none if len(topics) == 1 and not self._noted.speaks_of(topic.noted) else ""
            text = none or self._wording.exchange(asked if len(topics) == 1 else turn, answer)
            return open_[0].kind, self._wording.of_family(text, "") if topic.kind is UnnotedKind.FAMILY else text
        content = self._asked_stems(question)
        idle = any(name in names("skip") and kind_of(name) == "social" for name in names_in(question.text))
        known = idle or self._noted.denies(content, names_in(question.text))
        asks = asks_for_complaint(question.text) or (topic is not None and topic.kind is UnnotedKind.SYMPTOM)
        if known or not asks or len(question.text.split()) > _LONGEST_QUESTION:
            return UnnotedKind.DENIED, ""
        return UnnotedKind.DENIED, self._wording.exchange(asked, answer)

    @staticmethod
    def _asked_stems(question: Piece) -> set[str]:
        return {t.stem for t in tokenise(question.text) if t.text not in _EMPTY and t.stem not in _ASKING}

    def _weight(self, members: Iterable[Claim]) -> float:
        weights = sorted((c.weight for c in members), reverse=True)
        return weights[0] + 0.1 * (len(weights) - 1)

    def _entry(self, places: Iterable[int], kind: UnnotedKind, text: str) -> Unnoted:
        return Unnoted(tuple(self._ids[n] for n in sorted(places)), kind, text)


def _key(claim: Claim) -> tuple[object, ...]:
    """What makes two claims the same thing."""
    name = claim.name if claim.quantity is None else f"{claim.name} {claim.quantity.value:g}"
    return name, claim.denied, bool(claim.relative), claim.kind is UnnotedKind.PLAN
