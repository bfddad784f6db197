"""What was said in a visit and is not in its note."""

from dataclasses import dataclass
from enum import StrEnum


class UnnotedKind(StrEnum):
    """What sort of thing it is, from what harms most if it is missed to what matters least.

    What was found, thought and planned comes before what was told, and what was denied behind it.
    """

    RED_FLAG = "red flag"
    ALLERGY = "allergy"
    MEDICINE = "medicine"
    VITAL_SIGN = "vital sign"
    FINDING = "finding"
    TEST = "test"
    ASSESSMENT = "assessment"
    PLAN = "plan"
    SYMPTOM = "symptom"
    ILLNESS = "illness"
    OPERATION = "operation"
    CONCERN = "concern"
    DENIED = "denied symptom"
    FAMILY = "family history"
    SOCIAL = "social history"
    DETAIL = "detail"

    @property
    def rank(self) -> int:
        """0 for what stands first in a list."""
        return list(UnnotedKind).index(self)

    @property
    def pressing(self) -> bool:
        """Whether nobody signs past it unasked: a red flag, an allergy, a medicine."""
        return self in {UnnotedKind.RED_FLAG, UnnotedKind.ALLERGY, UnnotedKind.MEDICINE}


@dataclass(frozen=True, slots=True)
class Unnoted:
    """Something clinical that was said and on which no statement of the note rests.

    `evidence` holds the ids of its utterances in spoken order, question and answer together; `text` is short, true to
    the words, and fit to stand in the note as a statement.
    """

    evidence: tuple[str, ...]
    kind: UnnotedKind
    text: str
