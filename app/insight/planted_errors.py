"""Plants one known error into a true statement, by a seeded generator, to measure the checks."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.transcript import Speaker, Transcript
from app.drafting.lexicon.concepts import all_concepts, find_concepts, forms_of, kind_of
from app.drafting.lexicon.drugs import drugs, find_drugs
from app.drafting.lexicon.numbers import read_numbers
from app.drafting.lexicon.tables import rows, words
from app.drafting.lexicon.tokens import Token, tokenise

KINDS = (
    "drug",
    "dose",
    "unit",
    "frequency",
    "negation",
    "side",
    "duration",
    "invented_finding",
    "invented_drug",
    "family",
    "speaker",
    "plan",
)
"""What can be planted."""

_DOSE = re.compile(
    r"(?P<n>\d+(?:\.\d+)?)(?P<gap>[\s-]?)(?P<unit>mg|mcg|milligrams?|micrograms?|g|grams?|units?)\b", re.I
)
_TIME = re.compile(
    r"\b(?P<n>\d+|one|two|three|four|five|six|seven|eight|nine|ten|couple of|few)[\s-]"
    r"(?P<unit>days?|weeks?|months?|years?|hours?)\b(?![\s-]old)",
    re.I,
)
_SIDE = re.compile(r"\b(left|right)(?=[\s-]+(?!now|there|away|here|after|before|at\b)[a-z])", re.I)
_DENIAL = re.compile(r"\b(denies|denied|denying|no|without)\b", re.I)
_CLAIM = re.compile(
    r"\b(reports|endorses|has had|has been having|has|complains of|experiences|presents with|having)\b", re.I
)
_VERBS = words("not-a-finding")
_OPPOSITE_UNIT = {
    "mg": "mcg",
    "mcg": "mg",
    "g": "mg",
    "milligram": "microgram",
    "microgram": "milligram",
    "gram": "mg",
    "unit": "ml",
}
_FAMILY = ("mother", "father", "sister", "brother")


@dataclass(frozen=True, slots=True)
class Planted:
    """A statement with one planted error of a kind; `original` was true."""

    kind: str
    text: str
    original: str


class Planter:
    """Plants errors into statements of one visit; the same seed gives the same errors."""

    def __init__(self, transcript: Transcript, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable choice of test cases, no secret
        self._tokens = [t for u in transcript.utterances for t in tokenise(u.text)]
        self._stems = {t.stem for t in self._tokens}
        self._numbers = {n.value for n in read_numbers(self._tokens)}
        self._drugs = {h.name for h in find_drugs(self._tokens)}
        self._concepts = {h.name for h in find_concepts(self._tokens)}
        self._by_patient = _said_by(transcript, Speaker.PATIENT)
        self._by_clinician = _said_by(transcript, Speaker.CLINICIAN)
        self._relatives = {t.text for t in self._tokens} & set(_FAMILY)
        self._ways: dict[str, Callable[[str], str | None]] = {kind: getattr(self, f"_{kind}") for kind in KINDS}

    def plant(self, kind: str, text: str) -> Planted | None:
        """Return the statement with an error of this kind, or None where the kind does not apply."""
        changed = self._ways[kind](text)
        return Planted(kind, changed, text) if changed and changed != text else None

    def _new_drug(self) -> str:
        names = [n for n in drugs() if n.isalpha() and n not in self._drugs and drugs()[n].strengths]
        return self._random.choice(names)

    def _drug(self, text: str) -> str | None:
        hits = find_drugs(tokens := tokenise(text))
        if not hits:
            return None
        said = " ".join(t.text for t in tokens[hits[0].start : hits[0].end])
        return re.sub(re.escape(said), self._new_drug(), text, count=1, flags=re.I)

    def _dose(self, text: str) -> str | None:
        match = _DOSE.search(text)
        if match is None:
            return None
        new = float(match["n"]) * self._random.choice((10.0, 0.5))
        return None if new in self._numbers else text[: match.start("n")] + f"{new:g}" + text[match.end("n") :]

    def _unit(self, text: str) -> str | None:
        match = _DOSE.search(text)
        if match is None:
            return None
        return (
            text[: match.start("unit")] + _OPPOSITE_UNIT[_singular(match["unit"].lower())] + text[match.end("unit") :]
        )

    def _frequency(self, text: str) -> str | None:
        found: tuple[str, str] | None = None
        for phrase, rate in sorted(((r[0].lstrip("="), r[1]) for r in rows("frequencies")), key=lambda r: -len(r[0])):
            if re.search(rf"\b{re.escape(phrase)}\b", text, re.I):
                found = (phrase, rate)
                break
        if found is None or found[1] == "prn":
            return None
        wrong = [
            p
            for p in ("once daily", "twice daily", "three times daily", "four times daily", "every other day")
            if _rate(p) != found[1]
        ]
        return re.sub(rf"\b{re.escape(found[0])}\b", self._random.choice(wrong), text, count=1, flags=re.I)

    def _negation(self, text: str) -> str | None:
        denials, claims = list(_DENIAL.finditer(text)), list(_CLAIM.finditer(text))
        if len(denials) == 1 and _names_next(text[denials[0].end() :]):
            match = denials[0]
            put = "reports" if match[1].lower().startswith("den") else "has"
            return text[: match.start()] + put + text[match.end() :]
        if not denials and claims and _names_next(text[claims[0].end() :]):
            return text[: claims[0].start()] + "denies" + text[claims[0].end() :]
        return None

    def _side(self, text: str) -> str | None:
        match = _SIDE.search(text)
        if match is None:
            return None
        return text[: match.start()] + ("right" if match[1].lower() == "left" else "left") + text[match.end(1) :]

    def _duration(self, text: str) -> str | None:
        match = _TIME.search(text)
        if match is None:
            return None
        choices = [n for n in range(2, 30) if float(n) not in self._numbers]
        unit = match["unit"] if match["unit"].endswith("s") else match["unit"] + "s"
        return text[: match.start()] + f"{self._random.choice(choices)} {unit}" + text[match.end() :]

    def _unheard(self, *kinds: str) -> str:
        names = [
            name
            for name in all_concepts()
            if kind_of(name) in kinds and name not in self._concepts and not self._resembles(name) and len(name) > 4
        ]
        return self._random.choice(names)

    def _resembles(self, name: str) -> bool:
        return any(all(t.stem in self._stems for t in tokenise(form) if not t.is_stop) for form in forms_of(name))

    def _invented_finding(self, text: str) -> str | None:
        symptom = self._unheard("symptom", "condition")
        finding = self._unheard("finding")
        return self._random.choice(
            (
                f"{text.rstrip('. ')}, with {symptom}.",
                f"The patient reports {symptom}.",
                f"Examination shows {finding}.",
            )
        )

    def _invented_drug(self, text: str) -> str | None:
        drug = self._new_drug()
        dose = self._random.choice(drugs()[drug].strengths)
        return self._random.choice(
            (
                f"{text.rstrip('. ')} and takes {drug}.",
                f"Start {drug} {dose:g} mg daily.",
                f"The patient takes {drug} {dose:g} mg.",
            )
        )

    def _family(self, text: str) -> str | None:
        names = [h.name for h in find_concepts(tokenise(text)) if kind_of(h.name) in ("condition", "symptom")]
        if not names or _DENIAL.search(text):
            return None
        relative = next((r for r in _FAMILY if re.search(rf"\b{r}\b", text, re.I)), "")
        if relative:
            return f"The patient has {names[0]}."
        unheard = [r for r in _FAMILY if r not in self._relatives]
        return f"The patient's {self._random.choice(unheard)} has {names[0]}." if unheard else None

    def _speaker(self, text: str) -> str | None:
        hits = [h.name for h in find_concepts(tokenise(text))]
        for name in hits:
            if kind_of(name) == "symptom" and name in self._by_patient and name not in self._by_clinician:
                return f"On examination, the clinician found {name}."
            if kind_of(name) == "finding" and name in self._by_clinician and name not in self._by_patient:
                return f"The patient reports {name} at home."
        return None

    def _plan(self, text: str) -> str | None:  # noqa: ARG002 - one signature for all kinds
        choices = [n for n in range(2, 16) if float(n) not in self._numbers]
        return self._random.choice(
            (
                f"Refer to {self._unheard('specialist')}.",
                f"Order {self._unheard('test')}.",
                f"Schedule {self._unheard('procedure')}.",
                f"Follow up in {self._random.choice(choices)} weeks.",
            )
        )


def _said_by(transcript: Transcript, speaker: Speaker) -> set[str]:
    tokens: list[Token] = []
    for utterance in transcript.utterances:
        if utterance.speaker is speaker:
            tokens.extend(tokenise(utterance.text + " ."))
    return {h.name for h in find_concepts(tokens)}


def _names_next(rest: str) -> bool:
    """Whether a symptom, condition or finding follows within two words and no verb comes first."""
    tokens = tokenise(rest)[:6]
    if any(t.text in _VERBS for t in tokens[:2]):
        return False
    hits = find_concepts(tokens)
    return any(h.start <= 2 and kind_of(h.name) in ("symptom", "condition", "finding") for h in hits)


def _singular(unit: str) -> str:
    return unit.removesuffix("s") if len(unit) > 3 else unit


def _rate(phrase: str) -> str:
    return next(r[1] for r in rows("frequencies") if r[0].lstrip("=") == phrase)
