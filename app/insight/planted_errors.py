"""Plants one known error into a true statement, by a seeded generator, to measure the checks."""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.transcript import Transcript
from app.drafting.lexicon.concepts import all_concepts, find_concepts, forms_of, kind_of
from app.drafting.lexicon.drugs import drugs, find_drugs
from app.drafting.lexicon.sites import find_sites
from app.drafting.lexicon.tables import rows, words
from app.drafting.lexicon.tokens import tokenise
from app.insight.spoken_facts import KIN, SpokenFacts

KINDS = (
    "drug",
    "dose_tenfold",
    "dose_half",
    "unit",
    "frequency",
    "negation",
    "side",
    "site",
    "duration",
    "invented_finding",
    "invented_drug",
    "family",
    "speaker",
    "plan",
)
"""What can be planted. `family`: whose it is; `speaker`: who said it; `plan`: a plan that nobody spoke of."""

NEED_NO_FACT = frozenset({"invented_finding", "invented_drug", "plan"})
"""Kinds that can be planted into any statement; the others need a fact of their kind to be in it."""

_DOSE = re.compile(
    r"(?P<n>\d+(?:\.\d+)?)(?P<gap>[\s-]?)(?P<unit>mg|mcg|milligrams?|micrograms?|g|grams?|units?)\b", re.I
)
_TIME = re.compile(
    r"\b(?P<n>\d+|one|two|three|four|five|six|seven|eight|nine|ten|couple of|few)[\s-]"
    r"(?P<unit>days?|weeks?|months?|years?|hours?)\b(?![\s-]old)",
    re.I,
)
_SIDE = re.compile(r"\b(left|right)(?=(?:-|\s+)(?P<rest>[a-z][a-z\s-]*))", re.I)
_DENIAL = re.compile(
    r"\b(denies|denied|denying|no|without|negative for|(?:does|do|did) not have(?: any)?|has not had(?: any)?)\b", re.I
)
_ANY_DENIAL = re.compile(r"\b(?:den(?:y|ies|ied|ying)|no|not|never|none|without|negative)\b|n['’]t\b", re.I)
_CLAIM = re.compile(
    r"\b(reports|endorses|has had|has been having|has|complains of|experiences|presents with|having|positive for)\b",
    re.I,
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
_RELATIVES = ("mother", "father", "sister", "brother")
_TIME_UNITS = ("days", "weeks", "months", "years")
_SIDE_REACH = 5
_ALSO_ADVERBS = words("site-adverb")


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
        self._said = SpokenFacts(transcript)
        self._ways: dict[str, Callable[[str], str | None]] = {kind: getattr(self, f"_{kind}") for kind in KINDS}

    def plant(self, kind: str, text: str) -> Planted | None:
        """Return the statement with an error of this kind, or None where the kind does not apply."""
        changed = self._ways[kind](text)
        return Planted(kind, changed, text) if changed and changed != text else None

    def _new_drug(self) -> str:
        names = [n for n in drugs() if n.isalpha() and n not in self._said.drugs and drugs()[n].strengths]
        return self._random.choice(names)

    def _drug(self, text: str) -> str | None:
        """Another medicine; where a dose stands beside it, also one of the visit that was not given in this dose."""
        hits = find_drugs(tokens := tokenise(text))
        if not hits:
            return None
        said = " ".join(t.text for t in tokens[hits[0].start : hits[0].end])
        put = self._new_drug()
        if (dose := _DOSE.search(text)) and self._random.random() < 0.5:
            others = [
                d
                for d in sorted(self._said.drugs)
                if d not in {h.name for h in hits} and not self._said.number_near_drug(float(dose["n"]), d)
            ]
            put = self._random.choice(others) if others else put
        return re.sub(re.escape(said), put, text, count=1, flags=re.I)

    def _dose_tenfold(self, text: str) -> str | None:
        return self._times(text, 10.0)

    def _dose_half(self, text: str) -> str | None:
        return self._times(text, 0.5)

    def _times(self, text: str, factor: float) -> str | None:
        match = _DOSE.search(text)
        if match is None or (new := float(match["n"]) * factor) in self._said.numbers:
            return None
        return text[: match.start("n")] + f"{new:g}" + text[match.end("n") :]

    def _unit(self, text: str) -> str | None:
        match = _DOSE.search(text)
        if match is None:
            return None
        opposite = _OPPOSITE_UNIT[_singular(match["unit"].lower())]
        return text[: match.start("unit")] + opposite + text[match.end("unit") :]

    def _frequency(self, text: str) -> str | None:
        if not find_drugs(tokenise(text)):
            return None
        found = next((f for f in _frequencies() if re.search(rf"\b{re.escape(f[0])}\b", text, re.I)), None)
        if found is None or found[1] == "prn":
            return None
        phrase, rate = found
        usual = ("once daily", "twice daily", "three times daily", "four times daily", "every other day")
        wrong = [p for p in usual if _rate(p) != rate]
        return re.sub(rf"\b{re.escape(phrase)}\b", self._random.choice(wrong), text, count=1, flags=re.I)

    def _negation(self, text: str) -> str | None:
        denials, claims = list(_DENIAL.finditer(text)), list(_CLAIM.finditer(text))
        if len(denials) == 1 and len(list(_ANY_DENIAL.finditer(text))) == 1 and _names_next(text[denials[0].end() :]):
            match = denials[0]
            put = "reports" if match[1].lower().startswith("den") else "has"
            rest = re.sub(r"^(\s+)any\b\s*", r"\1", text[match.end() :])
            return text[: match.start()] + put + rest
        if not _ANY_DENIAL.search(text) and claims and _names_next(text[claims[0].end() :]):
            return text[: claims[0].start()] + "denies" + text[claims[0].end() :]
        return None

    def _side(self, text: str) -> str | None:
        for match in _SIDE.finditer(text):
            if _is_of_body(match["rest"]):
                put = "right" if match[1].lower() == "left" else "left"
                return text[: match.start()] + put + text[match.end(1) :]
        return None

    def _site(self, text: str) -> str | None:
        """Another place of the body, one that nobody spoke of."""
        tokens = tokenise(text)
        named = {n for h in find_concepts(tokens) for n in range(h.start, h.end)}
        hits = [h for h in find_sites(tokens) if h.end - h.start == 1 and h.start not in named]
        others = [r[0] for r in rows("sites") if r[0].isalpha() and r[0] not in self._said.sites | _ALSO_ADVERBS]
        if not hits or not others:
            return None
        said = tokens[hits[0].start].text
        return re.sub(rf"\b{re.escape(said)}\b", self._random.choice(others), text, count=1, flags=re.I)

    def _duration(self, text: str) -> str | None:
        """Another number, or the same number of another unit, that was not said."""
        match = _TIME.search(text)
        if match is None:
            return None
        unit = match["unit"] if match["unit"].endswith("s") else match["unit"] + "s"
        units = [u for u in _TIME_UNITS if u != unit.lower() and not self._said.has_time(match["n"], u)]
        if units and match["n"].lower() not in ("couple of", "few", "one", "1") and self._random.random() < 0.5:
            return text[: match.start("unit")] + self._random.choice(units) + text[match.end("unit") :]
        choices = [n for n in range(2, 30) if float(n) not in self._said.numbers]
        return text[: match.start()] + f"{self._random.choice(choices)} {unit}" + text[match.end() :]

    def _unheard(self, *kinds: str) -> str:
        names = [
            name
            for name in all_concepts()
            if kind_of(name) in kinds
            and name not in self._said.concepts
            and not self._resembles(name)
            and len(name) > 4
        ]
        return self._random.choice(names)

    def _resembles(self, name: str) -> bool:
        stems = self._said.stems
        return any(all(t.stem in stems for t in tokenise(form) if not t.is_stop) for form in forms_of(name))

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
        """A relative's illness becomes the patient's or another relative's; the patient's becomes a relative's."""
        names = [h.name for h in find_concepts(tokenise(text)) if kind_of(h.name) in ("condition", "symptom")]
        unheard = [r for r in _RELATIVES if r not in self._said.relatives]
        if not names or _ANY_DENIAL.search(text):
            return None
        kin = next((r for r in sorted(KIN) if re.search(rf"\b{r}s?\b", text, re.I)), "")
        if kin:
            if self._said.said_of_patient(names[0]):
                return None
            to_other = unheard and kin in _RELATIVES and self._random.random() < 0.5
            return re.sub(rf"\b{kin}\b", self._random.choice(unheard), text, flags=re.I) if to_other else _own(names[0])
        if self._said.said_of_kin(names[0]) or not unheard:
            return None
        return f"The patient's {self._random.choice(unheard)} has {names[0]}."

    def _speaker(self, text: str) -> str | None:
        for name in (h.name for h in find_concepts(tokenise(text))):
            by_patient, by_clinician = name in self._said.by_patient, name in self._said.by_clinician
            if kind_of(name) == "symptom" and by_patient and not by_clinician:
                return f"On examination, the clinician found {name}."
            if kind_of(name) == "finding" and by_clinician and not by_patient:
                return f"The patient reports {name} at home."
        return None

    def _plan(self, text: str) -> str | None:  # noqa: ARG002 - one signature for all kinds
        choices = [n for n in range(2, 16) if float(n) not in self._said.numbers]
        return self._random.choice(
            (
                f"Refer to {self._unheard('specialist')}.",
                f"Order {self._unheard('test')}.",
                f"Schedule {self._unheard('procedure')}.",
                f"Follow up in {self._random.choice(choices)} weeks.",
            )
        )


def _own(concept: str) -> str:
    return f"The patient has {concept}."


def _is_of_body(rest: str) -> bool:
    """Whether a place of the body or 'side' follows: 'right now' and 'comes right back' name no side."""
    tokens = tokenise(rest)[:_SIDE_REACH]
    if tokens and tokens[0].text in ("sided", "side"):
        return True
    return any(n <= 3 and tokens[h.start].text != "back" for h in find_sites(tokens) for n in [h.start])


def _names_next(rest: str) -> bool:
    """Whether a symptom, condition or finding follows within two words and no verb comes first."""
    tokens = tokenise(rest)[:6]
    if any(t.text in _VERBS for t in tokens[:2]):
        return False
    hits = find_concepts(tokens)
    return any(h.start <= 2 and kind_of(h.name) in ("symptom", "condition", "finding") for h in hits)


def _singular(unit: str) -> str:
    return unit.removesuffix("s") if len(unit) > 3 else unit


def _frequencies() -> list[tuple[str, str]]:
    """Phrases with their times per day, longest first."""
    return sorted(((r[0].lstrip("="), r[1]) for r in rows("frequencies")), key=lambda r: -len(r[0]))


def _rate(phrase: str) -> str:
    return next(rate for known, rate in _frequencies() if known == phrase)
