"""A second look at a note: a language model doubts statements that the rules passed. It can only lower trust."""

from dataclasses import dataclass, replace

from app.domain.note import Note, Statement, Support

REASON = "second look: the language model does not find this in the lines it rests on"


@dataclass(frozen=True, slots=True)
class SecondLook:
    """How many statements were looked at, and those that were not believed, as they stood then."""

    asked: int
    doubted: tuple[Statement, ...] = ()


def needs_second_look(statement: Statement) -> bool:
    """What the rules doubt is in doubt already, and what a person typed is theirs."""
    return statement.support is Support.SUPPORTED and statement.author is None


def with_doubts(note: Note, look: SecondLook) -> Note:
    """The note with the doubted statements marked; what was changed or doubted since then stays as it is."""
    for doubted in look.doubted:
        now = note.statement(doubted.id)
        if now is not None and now.text == doubted.text and needs_second_look(now):
            note = note.with_statement(replace(now, support=Support.PARTIAL, reasons=(*now.reasons, REASON)))
    return note
