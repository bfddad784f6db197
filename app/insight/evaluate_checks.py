"""How many planted errors the rule checks find, and how many true statements they flag."""

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.domain.note import Note, Section, Statement, Support
from app.domain.transcript import Speaker, Transcript
from app.domain.work import CancelToken, Progress
from app.drafting.checking.check import check_note
from app.drafting.checking.plain_text import statements_from_text
from app.drafting.lexicon.concepts import find_concepts, kind_of
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.tables import words
from app.drafting.lexicon.tokens import Token, tokenise
from app.insight.labelled_visits import LabelledVisit, read_visits
from app.insight.planted_errors import KINDS, Planter

SEED = 20
_THIRD_PERSON = (
    (r"\bi['’]m\b|\bi am\b", "the patient is"),
    (r"\bi['’]ve\b|\bi have\b", "the patient has"),
    (r"\bi was\b", "the patient was"),
    (r"\bi do n['’]t\b|\bi don['’]t\b", "the patient does not"),
    (r"\bi\b", "the patient"),
    (r"\bmy\b", "the patient's"),
    (r"\bme\b", "the patient"),
)
_UNIT_WORDS = frozenset(["mg", "mcg", "g", "ml", "mgs", "daily", "bid", "tid"])
_GUESSING = words("guessing")
_MOST_PER_VISIT = 8
"""Planted errors of a kind per visit, so that kinds that always apply do not outweigh the others."""
_RATES = {"a day": "daily", "daily": "daily", "once a day": "once daily", "twice a day": "twice daily"}
_MEDICINE = re.compile(
    r"\b(?P<drug>[a-z]{5,}) (?:at |of |the |to )?(?P<n>\d+(?:\.\d+)?) (?P<unit>mg|milligrams?|micrograms?)"
    r"(?: (?P<rate>a day|daily|once a day|twice a day))?"
)
_TALK = re.compile(r"\b(?:um|uh|yeah|you know|mm-hmm|okay|i mean|like|so)\b\s*,?\s*", re.I)


def evaluate_checks(data: Path, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
    """Plant errors into true statements of labelled visits and count what the checks mark.

    Figures are shares, 0 to 1: `found` (planted errors not marked supported) and `falsely_flagged` (true statements not
    marked supported), the same per kind and per source; `count.…` says of how many.
    Raises `InputError` without labelled visits, `WorkCancelledError`.
    """
    visits = read_visits(data)
    items: list[dict[str, Any]] = []
    for n, visit in enumerate(visits):
        cancel.check()
        progress(n / len(visits), "checking planted errors")
        items.extend(_visit(visit, SEED + n))
    progress(1.0, "checking planted errors")
    return {"kind": "checks", "figures": _figures(items), "plain": None, "items": items}


def _visit(visit: LabelledVisit, seed: int) -> list[dict[str, Any]]:
    good = true_statements(visit)
    planter = Planter(visit.transcript, seed)
    cases = [(source, section, text, text) for source, section, text in good]
    for kind in KINDS:
        planted = [(planter.plant(kind, text), section, text) for _, section, text in good]
        made = [(f"planted.{kind}", _section_of(kind, s), p.text, text) for p, s, text in planted if p is not None]
        cases.extend(made[:: max(1, len(made) // _MOST_PER_VISIT)][:_MOST_PER_VISIT])
    marked = check_note(_note(cases), visit.transcript)
    return [
        {
            "id": f"{visit.id}.{n}",
            "kind": source,
            "text": text,
            "original": original,
            "support": statement.support.value,
            "reasons": list(statement.reasons),
            "flagged": statement.support is not Support.SUPPORTED,
        }
        for n, ((source, _, text, original), statement) in enumerate(zip(cases, marked.statements(), strict=True))
    ]


def _section_of(kind: str, section: str) -> str:
    return "plan" if kind == "plan" else section


def _note(cases: list[tuple[str, str, str, str]]) -> Note:
    return Note(
        "soap",
        tuple(Section(key, key.title(), (Statement(f"s{n}", text),)) for n, (_, key, text, _) in enumerate(cases)),
    )


def true_statements(visit: LabelledVisit) -> list[tuple[str, str, str]]:
    """Return (source, section key, text) of statements that the visit supports.

    `true.spoken`: built from what a patient said. `true.medicine`: drug,
    dose and frequency as somebody said them. `true.reference`: sentences of the clinician's note all of whose content
    words, numbers, drugs and concepts were said.
    """
    return [*_spoken(visit.transcript), *_medicines(visit.transcript), *_reference(visit)]


def _medicines(transcript: Transcript) -> Iterator[tuple[str, str, str]]:
    """'lisinopril 20 milligrams a day' as said becomes 'Lisinopril 20 mg daily.'"""
    for utterance in transcript.utterances:
        for match in _MEDICINE.finditer(utterance.text.lower()):
            hits = find_drugs(tokenise(match["drug"]))
            if hits:
                rate = f" {_RATES.get(match['rate'] or '', '')}".rstrip()
                unit = "mcg" if match["unit"].startswith("mic") else "mg"
                yield "true.medicine", "plan", f"{match['drug'].capitalize()} {match['n']} {unit}{rate}."


def _spoken(transcript: Transcript) -> Iterator[tuple[str, str, str]]:
    for utterance in transcript.utterances:
        if utterance.speaker is not Speaker.PATIENT:
            continue
        for sentence in re.split(r"(?<=[.?!])\s+", utterance.text):
            text = third_person(sentence)
            if 5 <= len(text.split()) <= 25 and "?" not in text and _tells(text):
                yield "true.spoken", "subjective", text


def _tells(text: str) -> bool:
    """The sentence states a symptom, condition or drug, without guessing."""
    tokens = tokenise(text)
    named = {kind_of(h.name) for h in find_concepts(tokens)} & {"symptom", "condition", "social", "procedure"}
    return bool(named or find_drugs(tokens)) and not any(t.text in _GUESSING for t in tokens)


def third_person(sentence: str) -> str:
    """Turn a patient's sentence into a note's: 'I have a cough' becomes 'the patient has a cough'."""
    text = _TALK.sub("", re.sub(r"\s+n['’]t\b", "n't", sentence)).strip(" ,.-")
    for pattern, put in _THIRD_PERSON:
        text = re.sub(pattern, put, text, flags=re.I)
    return text[:1].upper() + text[1:] + "." if text else ""


def _reference(visit: LabelledVisit) -> Iterator[tuple[str, str, str]]:
    spoken = [t for u in visit.transcript.utterances for t in tokenise(u.text + " .")]
    stems, named = {t.stem for t in spoken}, _named(spoken)
    for section in statements_from_text(visit.note).sections:
        for statement in section.statements:
            text = statement.text.rpartition(": ")[2]
            tokens = tokenise(text)
            content = [t for t in tokens if not t.is_stop and t.text not in _UNIT_WORDS and t.text[0].isalnum()]
            if len(content) >= 3 and all(t.stem in stems or _in_named(t, tokens, named) for t in content):
                yield "true.reference", section.key, text


def _named(tokens: list[Token]) -> set[str]:
    return {h.name for h in find_concepts(tokens)} | {h.name for h in find_drugs(tokens)}


def _in_named(token: Token, tokens: list[Token], named: set[str]) -> bool:
    """The word is part of a concept or drug that was said in other words."""
    hits = [*find_concepts(tokens), *find_drugs(tokens)]
    return any(h.name in named and token in tokens[h.start : h.end] for h in hits)


def _figures(items: list[dict[str, Any]]) -> dict[str, float]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for item in items:
        family, _, kind = item["kind"].partition(".")
        name = "found" if family == "planted" else "falsely_flagged"
        groups[name].append(item["flagged"])
        groups[f"{name}.{kind}"].append(item["flagged"])
    figures = {name: sum(flags) / len(flags) for name, flags in sorted(groups.items())}
    figures |= {f"count.{name}": float(len(flags)) for name, flags in sorted(groups.items())}
    return figures
