"""What a person means by "the smoking history": whether a line is about it."""

from dataclasses import dataclass

from app.domain.unnoted import UnnotedKind
from app.drafting.lexicon.concepts import narrower_than
from app.drafting.lexicon.labels import label_meaning, split_label
from app.drafting.lexicon.tokens import stem, tokenise
from app.drafting.spoken.exchanges import names_in

_TELLING = ("whether", "say", "says", "said", "tell", "tells", "told", "happened", "spoke", "talked", "one")
_IDLE = frozenset(
    stem(w) for w in ("history", "part", "line", "detail", "information", "info", "list", "status", *_TELLING)
)
_KINDS: dict[str, tuple[UnnotedKind, ...]] = {
    "allergy": (UnnotedKind.ALLERGY,),
    "medicine": (UnnotedKind.MEDICINE,),
    "family": (UnnotedKind.FAMILY,),
    "social": (UnnotedKind.SOCIAL,),
    "vital": (UnnotedKind.VITAL_SIGN,),
    "exam": (UnnotedKind.FINDING, UnnotedKind.VITAL_SIGN),
    "result": (UnnotedKind.TEST,),
    "assessment": (UnnotedKind.ASSESSMENT,),
    "plan": (UnnotedKind.PLAN,),
    "surgery": (UnnotedKind.OPERATION,),
    "illness": (UnnotedKind.ILLNESS,),
    "symptoms": (UnnotedKind.SYMPTOM, UnnotedKind.DENIED, UnnotedKind.RED_FLAG),
}
_PREFIX = 4


@dataclass(frozen=True, slots=True)
class Topic:
    """Names of concepts and medicines, word stems, and its meaning as a heading ('allergy', 'plan', …; '' if none)."""

    names: frozenset[str]
    stems: frozenset[str]
    meaning: str

    @property
    def kinds(self) -> tuple[UnnotedKind, ...]:
        """Which kinds of what was said belong to it as a whole."""
        return () if self.names and self.meaning == "social" else _KINDS.get(self.meaning, ())

    def is_meant(self, text: str) -> bool:
        """Whether a text is about it."""
        if self.names and self.names & set(names_in(text)):
            return True
        label, _ = split_label(text)
        if self.meaning and label == self.meaning and not self.names:
            return True
        return bool(self.stems) and 2 * self._hits(text) > len(self.stems)

    def is_named(self, text: str) -> bool:
        """Whether a text has most of its words: 'the pain at night' is not any pain."""
        if len(self.stems) < 2:
            return self.is_meant(text)
        return 2 * self._hits(text) > len(self.stems)

    def is_touched(self, text: str) -> bool:
        """Whether a text has at least half of its words."""
        return 2 * self._hits(text) >= len(self.stems)

    def is_all_in(self, text: str) -> bool:
        """Whether a text names it with all of its words."""
        if not self.stems:
            return self.is_meant(text)
        return self._hits(text) == len(self.stems) or (len(self.stems) == 1 and self.is_meant(text))

    def _hits(self, text: str) -> int:
        words = [t.stem for t in tokenise(text) if not t.is_stop]
        return sum(1 for s in self.stems if any(_same(s, w) for w in words))


def read_topic(about: str) -> Topic:
    """Read what a person named."""
    found = {n for name in names_in(about) for n in (name, *narrower_than(name))}
    stems = frozenset(t.stem for t in tokenise(about) if not t.is_stop and t.stem not in _IDLE)
    stems -= {"and", "or"}
    return Topic(frozenset(found), stems, label_meaning(about))


def _same(a: str, b: str) -> bool:
    """The same word, or one that begins with the other: 'smok' and 'smoker'."""
    short, long = sorted((a, b), key=len)
    return a == b or (len(short) >= _PREFIX and long.startswith(short))
