"""One revision as work: what was given, what was asked, and the visit to hold it against."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from app.domain.errors import InputError
from app.domain.note import Note, Section, Statement, Support
from app.domain.revision import RevisedLine, Revision
from app.domain.transcript import Transcript
from app.drafting.checking.check import check_statement
from app.drafting.checking.hearing.heard import Heard
from app.drafting.lexicon.labels import label_meaning
from app.drafting.revising.survival import Facts, Harm, compare, facts_of
from app.drafting.revising.wishes import Wish, read_wish
from app.drafting.spoken.doubtful_speakers import likely_speakers
from app.drafting.spoken.single_spaces import with_single_spaces

NO_TRANSCRIPT = "evidence: the visit has no transcript to check this against"


@dataclass(frozen=True)
class RevisionTask:
    """`section` holds the given statements alone; `transcript` is None for a visit without one."""

    note: Note
    section: Section
    wish: Wish
    transcript: Transcript | None

    @cached_property
    def heard(self) -> Heard | None:
        """The visit, read for checking; up to a second for a visit of 18,000 words."""
        if self.transcript is None:
            return None
        likely = likely_speakers(with_single_spaces(self.transcript))
        return Heard(likely.transcript, likely.doubtful)

    @cached_property
    def asked(self) -> Facts:
        """Facts that stand in the instruction itself: these a person may change."""
        return facts_of(self.wish.text)

    def kept(self, statement: Statement) -> RevisedLine:
        """The line that leaves a statement as it is, with its marks."""
        s = statement
        return RevisedLine(s.text, (s.id,), s.evidence, s.support, s.reasons)

    def line(self, text: str, origins: Sequence[Statement], evidence: Sequence[str] = ()) -> RevisedLine:
        """A line for these statements with the marks of a new check; the same words keep their marks."""
        if len(origins) == 1 and origins[0].text == text:
            return self.kept(origins[0])
        hints = tuple(dict.fromkeys([*evidence, *(e for s in origins for e in s.evidence)]))
        made = Statement("new", text, hints)
        if self.heard is None:
            made = replace(made, evidence=(), reasons=(NO_TRANSCRIPT,))
        else:
            name = f"{self.section.key} {self.section.title}".lower()
            made = check_statement(made, name, self.heard, label_meaning(self.section.title))
        ids = tuple(s.id for s in origins)
        return RevisedLine(text, ids, made.evidence, made.support, made.reasons)

    def harm(self, before: Sequence[Statement], after: Sequence[str], *, may_lose: bool) -> tuple[str, ...]:
        """Why lines may not stand for these statements; nothing if they may.

        `may_lose`: words may go (they are shown struck); what is said otherwise or more never may.
        """
        found = compare(facts_of(*(s.text for s in before)), facts_of(*after), self.asked)
        refused = {Harm.FALSE} if may_lose else {Harm.FALSE, Harm.LOST}
        return tuple(f.reason for f in found if f.harm in refused)

    def losses(self, before: Sequence[Statement], after: Sequence[str]) -> tuple[str, ...]:
        """What the lines no longer say."""
        found = compare(facts_of(*(s.text for s in before)), facts_of(*after), self.asked)
        return tuple(f.reason for f in found if f.harm is not Harm.FALSE)

    def is_worse(self, before: Sequence[Statement], line: RevisedLine) -> bool:
        """Whether a line is unsupported or contradicted that stands for better ones and is not what was asked for."""
        if line.support not in {Support.UNSUPPORTED, Support.CONTRADICTED} or self.heard is None:
            return False
        return all(s.support.doubt < line.support.doubt for s in before)

    def revision(self, lines: Sequence[RevisedLine], notices: Sequence[str] = (), model: str = "") -> Revision:
        """The proposal."""
        return Revision(self.wish.text, self.section, tuple(lines), tuple(dict.fromkeys(notices)), model)


def task_of(
    note: Note, section_key: str, statements: Sequence[str], instruction: str, transcript: Transcript | None
) -> RevisionTask:
    """Return the work; without `statements` the whole section is given.

    Raises:
        InputError: unknown section or statement, empty or very long instruction.
    """
    section = next((s for s in note.sections if s.key == section_key), None)
    if section is None:
        raise InputError(
            "The note does not have this section.", f"Sections: {', '.join(s.key for s in note.sections)}."
        )
    wanted = set(statements)
    if wanted - {s.id for s in section.statements}:
        raise InputError("The section does not have this statement.", "Reload the note.")
    given = tuple(s for s in section.statements if not wanted or s.id in wanted)
    said = transcript if transcript is not None and transcript.utterances else None
    return RevisionTask(note, replace(section, statements=given), read_wish(instruction), said)
