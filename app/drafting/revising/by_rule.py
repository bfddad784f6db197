"""Instructions that plain rules carry out exactly: they invent nothing and need no model."""

from collections.abc import Callable

from app.domain.errors import InputError
from app.domain.note import Statement
from app.domain.revision import RevisedLine, Revision
from app.drafting.lexicon.abbreviations import abbreviated, spelled_out
from app.drafting.lexicon.drugs import find_drugs
from app.drafting.lexicon.tokens import tokenise
from app.drafting.revising.additions import added_by_rule
from app.drafting.revising.pieces import UnclearPartError, clauses_of, ended, split_line, without_parts
from app.drafting.revising.survival import same_facts
from app.drafting.revising.task import RevisionTask
from app.drafting.revising.topics import read_topic
from app.drafting.revising.wishes import WishKind

LONGEST_SENTENCE = 1_500
"""Characters of statements joined to one."""

_SPLITTABLE = 8
"""Words of a line that may hold more than one fact although rules cannot tell."""


def revise_by_rule(task: RevisionTask) -> Revision | None:
    """Return the proposal, or None if it takes a language model.

    Raises:
        InputError: nothing in the lines, or in the visit, fits the instruction; too much for one sentence.
    """
    if not task.section.statements and task.wish.kind is not WishKind.ADD:
        raise InputError("Nothing is written here yet.", "Ask to add something that was said, or add a statement.")
    rules: dict[WishKind, Callable[[RevisionTask], Revision | None]] = {
        WishKind.BULLETS: _split,
        WishKind.SENTENCE: _joined,
        WishKind.EXPAND: lambda t: _each(t, spelled_out, "No abbreviation of the table stands here."),
        WishKind.ABBREVIATE: lambda t: _each(t, abbreviated, "Nothing here has a usual short form."),
        WishKind.REMOVE: _removed,
        WishKind.ADD: added_by_rule,
    }
    rule = rules.get(task.wish.kind)
    return rule(task) if rule is not None else None


def _split(task: RevisionTask) -> Revision | None:
    lines: list[RevisedLine] = []
    for statement in task.section.statements:
        parts = split_line(statement.text)
        if len(parts) == 1 and len(statement.text.split()) > _SPLITTABLE and may_hold_more(statement.text):
            return None
        lines += [task.line(part, [statement]) for part in parts] if len(parts) > 1 else [task.kept(statement)]
    return task.revision(
        lines, () if len(lines) > len(task.section.statements) else ("Every line is one point already.",)
    )


def may_hold_more(text: str) -> bool:
    """Whether a line may hold more than one fact although rules cannot part it."""
    return "," in text or " and " in text


def _joined(task: RevisionTask) -> Revision:
    parts = [p.rstrip(" .") for s in task.section.statements for p in clauses_of(s.text) or s.text.split("\n")]
    parts = [p for p in parts if p.strip()]
    if len(parts) <= 1:
        return task.revision([task.kept(s) for s in task.section.statements], ["This is one sentence already."])
    text = ended("; ".join([parts[0], *(_small(part) for part in parts[1:])]))
    if len(text) > LONGEST_SENTENCE:
        raise InputError("These lines are too long for one sentence.", "Choose fewer, or ask for something else.")
    return task.revision([task.line(text, task.section.statements)])


def _small(text: str) -> str:
    """A small first letter, unless the word is a name, an abbreviation or a medicine's brand."""
    word = text.split(maxsplit=1)[0]
    if not word[1:].islower() or word == "I" or "’" in word or "'" in word:
        return text
    if find_drugs(tokenise(word)) or word in {"Dr", "Mr", "Mrs", "Ms"}:
        return text
    return text[0].lower() + text[1:]


def _each(task: RevisionTask, anew: Callable[[str], str], nothing: str) -> Revision:
    lines = [_kept_or_anew(task, s, anew(s.text)) for s in task.section.statements]
    changed = any(line.text != s.text for line, s in zip(lines, task.section.statements, strict=True))
    return task.revision(lines, () if changed else (nothing,))


def _kept_or_anew(task: RevisionTask, statement: Statement, text: str) -> RevisedLine:
    return task.line(text, [statement]) if same_facts([statement.text], [text]) else task.kept(statement)


def _removed(task: RevisionTask) -> Revision | None:
    topic = read_topic(task.wish.about)
    lines: list[RevisedLine] = []
    found = False
    for statement in task.section.statements:
        try:
            rest = without_parts(statement.text, topic.is_meant)
        except UnclearPartError:
            return None
        found |= rest is not None
        if rest is None:
            lines.append(task.kept(statement))
        elif rest:
            lines.append(task.line(rest, [statement]))
    if not found:
        raise InputError("Nothing here is about that.", "Name it as it stands in the note.")
    return task.revision(lines)
