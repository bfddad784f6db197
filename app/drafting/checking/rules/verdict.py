"""What a rule finds wrong, and what a rule gets to see."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from app.domain.note import Support
from app.drafting.checking.hearing.heard import Heard
from app.drafting.checking.hearing.reading import Clause, Mention, read_clauses

_ASKED = re.compile(r'"[^"]*" – "')
"""The question of a quoted exchange, also where a recogniser wrote a full stop behind it."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A finding against a statement, with the reason in a physician's words."""

    support: Support
    reason: str


@dataclass(frozen=True)
class Case:
    """One statement to be checked: its text, its section, the utterances that serve as evidence, and the visit.

    `text` is without its label; `label` is what the label means ('family', 'allergy', …) or '';
    `taken` are names that stand for what was heard instead; `heading` is the label as written, in lower case.
    """

    text: str
    section: str
    evidence: tuple[int, ...]
    heard: Heard
    label: str = ""
    taken: Mapping[str, str] = field(default_factory=dict)
    heading: str = ""

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The statement read; what stands under family history is said of relatives."""
        clauses = read_clauses(_ASKED.sub('"', self.text)) or read_clauses(self.text)
        clauses = tuple(c for c in clauses if c.tokens[-1].after != "?") or clauses  # a quoted question claims nothing
        return tuple(c.said_of("family") for c in clauses) if self.of_family else clauses

    @property
    def of_family(self) -> bool:
        """Whether section or label put the statement into the family history."""
        return self.label == "family" or "family" in self.section

    @cached_property
    def near(self) -> frozenset[int]:
        """Utterance numbers of the evidence and its neighbours."""
        return frozenset(n + d for n in self.evidence for d in (-1, 0, 1, 2))

    def concepts(self) -> list[Mention]:
        """All concepts of the statement."""
        return [m for c in self.clauses for m in c.concepts()]

    def drugs(self) -> list[Mention]:
        """All drugs of the statement."""
        return [m for c in self.clauses for m in c.drugs()]


class Rule(Protocol):
    """A rule yields its doubts about a case; nothing if it finds none."""

    def __call__(self, case: Case) -> Iterator[Doubt]: ...
