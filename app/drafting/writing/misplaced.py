"""What a model puts under a key only because the key was asked: known by its words and by how they were said.

A model that is asked for illnesses of the family answers with the family, and for findings with complaints.
"""

import re
from dataclasses import dataclass

from app.domain.transcript import Speaker, Transcript
from app.drafting.checking.rules.results import results_in
from app.drafting.checking.unnoted.tables import has_cue
from app.drafting.lexicon.concepts import kind_of
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.sentences import sentences_of
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.reading.prompts import EXAMPLE_ANSWER
from app.drafting.spoken.directed import is_concluded, is_directed, is_supposed
from app.drafting.spoken.exchanges import Exchanges, content_stems, kinds_in, names_in, said_names
from app.drafting.spoken.feared import had_by_patient, only_feared
from app.drafting.spoken.given_medicines import NO_MEDICINE, is_new_dose, is_newly_given, medicines_in, newly_given
from app.drafting.spoken.relatives import ACQUAINTANCE, named_relative
from app.drafting.spoken.stopped_medicines import stopped_medicines
from app.drafting.spoken.talk import Talk, questions_of
from app.drafting.spoken.tolerated import allergens, only_tolerated
from app.drafting.templates.template import Field, SectionTemplate
from app.drafting.writing.history.history_lines import allergies_field, field_of_history
from app.drafting.writing.own_words import is_bare, is_general

_HOUSEHOLD = frozenset(stem(w) for w in words("household") | words("kin") | {"and"})
_MECHANISM = frozenset(stem(w) for w in words("mechanism"))
_COMPLAINTS = frozenset(stem(w) for w in words("complaint"))
_REPEATED = frozenset({"history", "falls", "trips"})
_RETELLS = re.compile(
    r"\byou(?:'ve| have|'re| are)?\s+(?:just\s+|also\s+)?(?:said|mentioned|told|say|been|having|had)\b"
    r"|\bi (?:hear|see|understand) (?:that )?you\b|\byou (?:have|had|get|feel|are)\b|\byou(?:'ve|'re)\b",
    re.IGNORECASE,
)
_SOCIAL = frozenset(stem(w) for w in words("social-life") | words("household") | words("kin"))
_OVER = re.compile(r"\b(?:no longer|stopped|not|former|until|used to|previous\w*|past)\b", re.IGNORECASE)
_NO_OPERATION = frozenset({"injection", "hospitalization", "vaccine", "intubation", "blood transfusion"})
_LIVES_WITH = re.compile(r"\bi\b\W+(?:(?:uh|um)\W+)?live with (?:my|our|a|two|three)\b", re.IGNORECASE)
_TOPICS = frozenset(stem(w) for w in words("social-topic"))
_WORRY = re.compile(r"\b(?:worr\w+|afraid|scared|fears?|concern\w*|anxious about)\b", re.IGNORECASE)
_SUPPOSES = re.compile(r"\b(?:might|could|would|should|someone|some people|if)\b|\bcan be\b|\bmay\b", re.IGNORECASE)
_EXAMINES = re.compile(
    r"\b(?:on (?:the |your )?exam|examination|press|pressing|push|palpation|palpate|touch)\b", re.IGNORECASE
)
_EXAMPLE = frozenset(frozenset(content_stems(phrase)) for phrases in EXAMPLE_ANSWER.values() for phrase in phrases)


@dataclass(frozen=True, slots=True)
class Whose:
    """What of a visit is not the patient's: medicines `given` in it or `stopped`, illnesses `feared` or `denied`.

    `tolerated` are medicines that he was only asked about, `allergens` those that he does not bear.
    """

    given: frozenset[str]
    feared: frozenset[str]
    denied: frozenset[str]
    stopped: frozenset[str]
    tolerated: frozenset[str] = frozenset()
    allergens: frozenset[str] = frozenset()

    @classmethod
    def of(cls, transcript: Transcript, exchanges: Exchanges) -> "Whose":
        """Read a whole visit."""
        asked = {n for e in exchanges.denials if not e.family for n in e.concepts if kind_of(n) == "condition"}
        return cls(
            newly_given(transcript),
            only_feared(transcript),
            frozenset(asked - had_by_patient(transcript)),
            stopped_medicines(transcript),
            only_tolerated(transcript),
            allergens(transcript),
        )


def right_field(section: SectionTemplate, into: Field, text: str, said: Talk, whose: Whose) -> Field | None:
    """Return the field of a section that a phrase may stand in: mostly the model's own; None if it is none of them.

    Args:
        said: the passage.
        whose: what of the visit is a plan or a worry and not the patient's.
    """
    if section.said_by:
        return _clinicians(into, text, said.stated)
    if into.role == "family":
        return _of_family(section, into, text)
    if _is_not_told(into, text, said):
        return None
    if into.role != "denied" and (medicines := medicines_in(text)) and medicines <= whose.allergens:
        return allergies_field(section) or into
    if {"drug", "procedure"} & set(into.kinds):
        return _of_treatment(section, into, text, whose)
    return _of_patient(section, into, text, said)


def _of_patient(section: SectionTemplate, into: Field, text: str, said: Talk) -> Field | None:
    """Of illnesses, home and complaints."""
    if "condition" in into.kinds and is_mechanism(text):
        tells = len(content_stems(text)) > 1 and "condition" not in kinds_in(text)
        return section.field_with("symptoms") if tells else None
    if "condition" in into.kinds:
        return field_of_history(section, into, text, said)
    ill = (bool(kinds_in(text)) and kinds_in(text) <= {"symptom", "condition"}) or is_complaint_word(text)
    asked = _was_asked(into, text, said) and not ill
    social = into is not social_field(section) or is_social(into, text) or asked
    return into if social else (_worries(section) if _WORRY.search(text) else section.field_with("symptoms")) or into


def is_complaint_word(text: str) -> bool:
    """Whether a single word is that of a complaint: 'ringing'."""
    stems = content_stems(text)
    return len(stems) == 1 and stems <= _COMPLAINTS


def _is_not_told(into: Field, text: str, said: Talk) -> bool:
    if into.role == "denied" or "drug" in into.kinds:
        return False
    if "lives alone" in names_in(text) and any(_LIVES_WITH.search(u.text) for u in said.transcript.utterances):
        return True
    concluded = into.role == "symptoms" and is_concluded(text, said)
    return concluded or is_directed(text, said) or is_supposed(text, said)


def _of_family(section: SectionTemplate, into: Field, text: str) -> Field | None:
    if named_relative(tokenise(text)) == ACQUAINTANCE:
        return _worries(section) or section.field_with("symptoms")
    return into if not is_household(text) else social_field(section)


def needs_own_words(into: Field, place: Field, text: str) -> bool:
    """Whether a phrase among the symptoms came from another field, or says too little by itself."""
    if place.role != "symptoms":
        return is_bare_topic(place, text) or named_relative(tokenise(text)) == ACQUAINTANCE
    if names_in(text) and set(names_in(text)) <= _NO_OPERATION:
        return True
    moved = place is not into and into.role != "denied" and not is_mechanism(text)
    return (moved and "symptom" not in kinds_in(text)) or is_bare(text) or is_general(text) or is_no_medicine(text)


def settled_field(section: SectionTemplate, into: Field, text: str, whose: Whose) -> Field:
    """The field after sorting by kinds: a relative's illness is the family's, a feared one a worry, ice is advice."""
    if section.said_by:
        return (section.field_with("rest") or into) if "drug" in into.kinds and is_no_medicine(text) else into
    if "condition" not in into.kinds or "condition" not in kinds_in(text):
        return into
    if is_mechanism(text):
        return section.field_with("symptoms") or into
    if named_relative(tokenise(text)):
        return section.field_with("family") or into
    names = set(names_in(text))
    if names <= whose.denied:
        return section.field_with("denied") or into
    return (_worries(section) or into) if names <= whose.feared else into


def _of_treatment(section: SectionTemplate, into: Field, text: str, whose: Whose) -> Field | None:
    """An injection is no operation, ice no medicine; a medicine only given in this visit is a plan."""
    if names_in(text) and set(names_in(text)) <= _NO_OPERATION:
        return section.field_with("symptoms")
    if "procedure" in into.kinds:
        return into
    if is_no_medicine(text):
        return section.field_with("symptoms")
    medicines = medicines_in(text)
    if not text or is_newly_given(text, whose.given) or (medicines and medicines <= whose.tolerated):
        return None
    return into


def own_medicine(text: str, said: Talk, whose: Whose) -> str:
    """A medicine of the patient's own without the dose that it only gets in this visit; '' if he never named it."""
    medicines = medicines_in(text)
    if medicines and medicines <= whose.stopped and not _OVER.search(text):
        return f"{text} (in the past)"
    if not is_new_dose(text, said.transcript):
        return text
    return ", ".join(dict.fromkeys(word for name, word in said_names(text) if name in medicines and said.is_told(word)))


def _worries(section: SectionTemplate) -> Field | None:
    return next((f for f in section.fields if "worried" in f.when), None)


def _clinicians(into: Field, text: str, stated: Transcript) -> Field | None:
    """A finding must have been found."""
    kinds = kinds_in(text)
    if "finding" in into.kinds and kinds and kinds <= {"measure", "test"} and not _has_result(text):
        return None
    if "finding" in into.kinds:
        complains = bool(kinds) and kinds <= {"symptom", "condition"}
        return None if _SUPPOSES.search(text) or (complains and not was_examined(text, stated)) else into
    return into


def _has_result(text: str) -> bool:
    tokens = tokenise(text)
    return bool(read_numbers(tokens) or results_in(tokens))


def social_field(section: SectionTemplate) -> Field | None:
    """The field for work and home."""
    return next((f for f in section.fields if "wife" in f.when), None)


def is_social(into: Field, text: str) -> bool:
    """Whether a phrase says something of work, home or habits; what somebody ate, or an inhaler, does not."""
    if "social" in kinds_in(text) or is_household(text) or _SOCIAL & content_stems(text):
        return True
    return any(re.search(rf"\b{re.escape(cue)}\b", text.lower()) for cue in into.when)


def _was_asked(into: Field, text: str, said: Talk) -> bool:
    """Whether the question before what a phrase rests on asks for work, home, diet or habits."""
    places = {u.id: n for n, u in enumerate(said.transcript.utterances)}
    asked = ""
    for n in (places[e] for e in said.evidence(text)[:1]):
        before = said.transcript.utterances[max(0, n - 1) : n + 1]
        asked = " ".join(questions_of(u.text) for u in before if u.speaker is Speaker.CLINICIAN).lower()
    return any(re.search(rf"\b{re.escape(cue)}\b", asked) for cue in into.when)


def is_bare_topic(place: Field, text: str) -> bool:
    """Whether a phrase of the social history only names what was asked for: 'work', 'diet'."""
    return "wife" in place.when and content_stems(text) <= _TOPICS


def is_no_medicine(text: str) -> bool:
    """Whether the treatment that a text names is none that is taken: 'drinking fluids', 'ice'."""
    return not medicines_in(text) and bool(names_in(text)) and set(names_in(text)) <= NO_MEDICINE


def is_household(text: str) -> bool:
    """Whether a text names people and nothing else: 'wife, two kids' is no family history; 'father: gout' is one."""
    stems = content_stems(text)
    return bool(stems) and kinds_in(text) <= {"social"} and stems <= _HOUSEHOLD


def is_mechanism(text: str) -> bool:
    """Whether a text says only how an injury happened: 'twisting', 'fell on the ice'; a history of falls is one."""
    tokens = [t for t in tokenise(text) if not t.is_stop and t.text.isalpha()]
    if not tokens or tokens[0].stem not in _MECHANISM or _REPEATED & {t.text for t in tokenise(text)}:
        return False
    named = frozenset[str]().union(*(kinds_in(t.text) for t in tokens if t.stem not in _MECHANISM))
    return not named & {"condition", "symptom", "finding", "procedure"}


def copies_example(text: str) -> bool:
    """Whether a phrase is one of the example that the model was shown."""
    return frozenset(content_stems(text)) in _EXAMPLE


def was_examined(text: str, stated: Transcript) -> bool:
    """Whether a complaint was found, too: the clinician says it in words of an examination, not as the patient's."""
    named = set(names_in(text))
    for utterance in stated.utterances:
        for sentence in sentences_of(utterance.text):
            if not named & set(names_in(sentence)):
                continue
            if _EXAMINES.search(sentence) or (has_cue("exam", sentence) and not _RETELLS.search(sentence)):
                return True
    return False
