"""The words of an entry that was said and is not in the note: short, readable, and never more than was said."""

import re
from collections.abc import Sequence
from dataclasses import replace

from app.domain.transcript import Speaker
from app.domain.unnoted import UnnotedKind
from app.drafting.checking.hearing.quantities import Measure
from app.drafting.checking.hearing.quotation import LONGEST_QUOTE, closed, first_sentences
from app.drafting.checking.hearing.spoken_pieces import Piece, SpokenPieces
from app.drafting.checking.unnoted.claims import Claim
from app.drafting.checking.unnoted.tables import has_cue, names
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import tokenise
from app.drafting.spoken.exchanges import is_plain_no, names_in
from app.drafting.spoken.heard_names import heard_names
from app.drafting.spoken.relatives import named_relative
from app.drafting.spoken.run_on import questions_apart

_WHO = {Speaker.CLINICIAN: "Clinician", Speaker.PATIENT: "Patient", Speaker.OTHER: "Other person"}
_END = re.compile(r"[\s,;]+$")
_SHORT = 6
_BARE = frozenset({"yes", "yeah", "yep", "yup", "no", "nope", "nah", "not", "just", "only", "about", "around"})
_SUBJECTS = words("subject") | {"mum", "mom", "dad"}
_EMPTY = words("yes") | words("no") | words("filler-answer") | words("stop")
_FAMILY = "Family history: "
_SPECIAL = frozenset({"when", "if", "i", "my", "me", "your"})
_OTHERS = frozenset({"him", "her", "he", "she", "baby", "child", "daughter", "son", "kids", "children"})
_NEGATING = words("negating") | words("no")


class Wording:
    """Writes entries about one visit."""

    def __init__(self, pieces: SpokenPieces) -> None:
        self._pieces = pieces

    def denied(self, claims: Sequence[Claim], answer: Sequence[int]) -> str:
        """The sentence for what was asked and denied: a plain denial, or question and answer where it is not plain."""
        said = self._answer_words(answer)
        named = ", ".join(dict.fromkeys(_noun(c) for c in claims))
        special = any(c.conditional or _SPECIAL & set(c.said.split()) or _of_another(c) for c in claims)
        if special or not is_plain_no(said):
            return self.exchange([claims[0].piece], answer)
        if claims[0].kind is UnnotedKind.FAMILY:
            return f"{_FAMILY}no {named}."
        if claims[0].kind is UnnotedKind.ALLERGY:
            return "No known allergies."
        return f"Denies {named}."

    def answers(self, answer: Sequence[int], *, denied: bool) -> bool:
        """Whether an answer holds the no of a denial, or for a yes anything but a no; 'yeah, no' is neither."""
        text = " ".join(self._pieces.utterances[n].text for n in answer)
        if not any(c.isalpha() for c in self._answer_words(answer)):
            return False
        said = {t.text for t in tokenise(text)}
        if has_cue("unheard", text) or (said & words("yes") and said & _NEGATING and not said - _EMPTY):
            return False
        return bool(said & _NEGATING) if denied else bool(said & words("yes") or not said & _NEGATING)

    def affirmed(self, claims: Sequence[Claim], answer: Sequence[int]) -> str:
        """What was asked and answered with a yes: the asked word with the answer, or both where several were asked."""
        said = list(dict.fromkeys(c.said for c in claims))
        answered = self._answer_words(answer)
        mixed = claims[0].kind is UnnotedKind.SOCIAL or self.answers(answer, denied=True)
        if len(said) > 1 or claims[0].relative or claims[0].conditional or not answered or mixed:
            return self.exchange([claims[0].piece], answer)
        return f'{said[0][:1].upper()}{said[0][1:]} ("{answered.rstrip(".!")}").'

    def exchange(self, question: Sequence[Piece], answer: Sequence[int]) -> str:
        """Question and answer as they were spoken."""
        asked = _END.sub("", self._pieces.quote([_last_asked(p) for p in question]))
        return f'"{asked}" – "{self._answer_words(answer)}"'

    def told(self, pieces: Sequence[Piece], about: str, *, asked: bool) -> str:
        """Somebody's own sentences, after the question if there is one and `asked` wants it."""
        first = pieces[0]
        quote = _END.sub("", self._pieces.quote(pieces, about, nods=not asked))
        question = self._pieces.question(first.utterance)
        speaker = self._pieces.utterances[first.utterance].speaker
        if asked and question is not None and speaker is not Speaker.CLINICIAN:
            return f'"{_END.sub("", self._pieces.quote([_last_asked(self._pieces.pieces(question)[-1])]))}" – "{quote}"'
        return f'{_WHO.get(speaker, "Speaker")}: "{quote}"'

    def of_family(self, text: str, relative: str) -> str:
        """A text under the label of family history, with the relative where the words do not name one."""
        if text.startswith(_FAMILY):
            return text
        quote = text.partition(": ")[2] if not text.startswith('"') else text
        named = not relative or relative in names("general-kin") or named_relative(tokenise(text))
        return f"{_FAMILY}{'' if named else f'{relative} – '}{quote or text}"

    def pressure(self, claims: Sequence[Claim]) -> str:
        """The clinician's 'That's 148 over 92' as a blood pressure; '' for anything else and for longer sentences."""
        only = claims[0].quantity if len(claims) == 1 else None
        measured = self._pieces.utterances[claims[0].place].speaker is Speaker.CLINICIAN
        if not measured or len(claims[0].piece.text.split()) > _SHORT:
            return ""
        if only is None or only.measure is not Measure.PRESSURE or only.second is None:
            return ""
        return f"Blood pressure {only.value:g}/{only.second:g}."

    def needs_question(self, pieces: Sequence[Piece], about: str) -> bool:
        """Whether sentences would not be understood without their question."""
        return _needs_question(pieces[0], self._pieces.quote(pieces, about))

    def _answer_words(self, answer: Sequence[int]) -> str:
        pieces = [p for n in answer for p in self._pieces.pieces(n)]
        said = first_sentences(self._pieces.sentences(pieces), _is_clinical)
        return _END.sub("", closed(heard_names(said), answers=True))


def _last_asked(piece: Piece) -> Piece:
    """The question at the end of talk without marks, which is the one that was answered."""
    if len(piece.text.split()) <= LONGEST_QUOTE:
        return piece
    apart = questions_apart(piece.text)
    return replace(piece, text=apart[-1]) if len(apart) > 1 else piece


def _is_clinical(sentence: str) -> bool:
    """Whether a sentence names a complaint, an illness, a medicine, or how it goes."""
    return bool(names_in(sentence)) or has_cue("detail", sentence) or has_cue("concern", sentence)


def _of_another(claim: Claim) -> bool:
    """'Any coughs with him?' is asked of somebody else."""
    return claim.kind is not UnnotedKind.FAMILY and any(t.text in _OTHERS for t in tokenise(claim.piece.text))


def _noun(claim: Claim) -> str:
    """The words as said, or the concept's name where they are no noun: 'Denies fatigue' for 'tired'."""
    return claim.name if claim.kind is UnnotedKind.SOCIAL or claim.said in names("adjective") else claim.said


def _needs_question(piece: Piece, quote: str) -> bool:
    """A bare yes or no, or a few words without a subject, say nothing alone."""
    first = quote.lower().split()[:1]
    if piece.first or not first:
        return False
    word = first[0].strip(",.").partition("'")[0].partition("’")[0]
    return word in _BARE or (len(quote.split()) < _SHORT and word not in _SUBJECTS)
