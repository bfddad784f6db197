"""From draft to reviewed, signed and amended. Every step is a new version; nothing that stood there is destroyed."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from app.domain.encounter import EncounterState, NoteVersion, VersionKind
from app.domain.errors import ConflictError, InputError
from app.domain.note import Note, Section, Statement, Support
from app.domain.people import Permission
from app.domain.ports import Session
from app.domain.revision import Revision
from app.domain.second_look import SecondLook, with_doubts
from app.domain.transcript import Transcript
from app.domain.unnoted import Unnoted
from app.review.changes import Change, changes_between
from app.review.edits import (
    addendum_section,
    clean_text,
    found_statement,
    section_for,
    unused_ids,
    with_added,
    without,
)
from app.review.placing import section_of
from app.review.revised import only, with_revision
from app.review.states import NEEDED, Act, check_right, next_state

Check = Callable[[Note, Transcript], Note]
"""Marks a note against a transcript."""

Missing = Callable[[Note, Transcript], tuple[Unnoted, ...]]
"""Finds what a transcript says and a note does not."""

_NO_TRANSCRIPT = "evidence: the visit has no transcript to check this against"


class Review:
    """What a signed-in person does to the notes of their visits.

    `expected_latest` is the number of the version the person was looking at (0 for none). Every step raises
    `ConflictError` if a newer one exists or the state does not allow the step, `PermissionDeniedError` if the
    person's role does not, and `InputError` for an unknown encounter, statement, section or version or unusable text.
    """

    def __init__(
        self,
        session: Session,
        check: Check,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        missing: Missing = lambda _note, _transcript: (),
    ) -> None:
        self._session = session
        self._check = check
        self._now = now
        self._missing = missing

    def current(self, encounter_id: str) -> NoteVersion | None:
        """Return the latest version, or None before the first."""
        check_right(self._session.user, Permission.READ)
        versions = self._session.encounters.versions(encounter_id)
        return versions[-1] if versions else None

    def changes(self, encounter_id: str) -> list[Change]:
        """Return what differs between consecutive versions, oldest first: by whom and when."""
        check_right(self._session.user, Permission.READ)
        return changes_between(self._session.encounters.versions(encounter_id))

    def missing(self, encounter_id: str) -> tuple[Unnoted, ...]:
        """Return what was said and is not in the newest version, best first; computed now, never stored.

        Empty without a note or without a transcript. Lasts up to two seconds for a visit of 90 minutes.
        """
        version = self.current(encounter_id)
        transcript = self._session.encounters.transcript(encounter_id)
        return () if version is None or transcript is None else self._missing(version.note, transcript)

    def edit_statement(self, encounter_id: str, statement_id: str, text: str, expected_latest: int) -> NoteVersion:
        """Give a statement new words, the person as author, and the marks of a new check of it.

        The same words make no new version.
        """
        versions, after = self._begin(encounter_id, Act.EDIT, expected_latest)
        latest = _existing(versions)
        cleaned = clean_text(text)
        section, old = found_statement(latest.note, statement_id)
        if cleaned == " ".join(old.text.split()):
            return latest
        edited = replace(old, text=cleaned, author=self._author)
        note = latest.note.with_statement(self._checked(encounter_id, latest.note.type, section, edited))
        return self._save(encounter_id, note, after, expected_latest)

    def add_statement(self, encounter_id: str, section_key: str, text: str, expected_latest: int) -> NoteVersion:
        """Append a statement to a section, checked against the transcript. Without a draft it starts a SOAP note."""
        versions, after = self._begin(encounter_id, Act.EDIT, expected_latest)
        note = versions[-1].note if versions else Note("soap", ())
        section = section_for(note, section_key)
        new = Statement(unused_ids(versions, 1)[0], clean_text(text), author=self._author)
        checked = self._checked(encounter_id, note.type, section, new)
        return self._save(encounter_id, with_added(note, section, checked), after, expected_latest)

    def add_unnoted(self, encounter_id: str, entry: Unnoted, expected_latest: int) -> NoteVersion:
        """Append something that was said to the section it belongs to, with its evidence and the marks of a check.

        It is the visit's word, not the person's, so the statement has no author; the version names who added it.
        """
        versions, after = self._begin(encounter_id, Act.EDIT, expected_latest)
        note = versions[-1].note if versions else Note("soap", ())
        section = section_for(note, section_of(note, entry.kind))
        new = Statement(unused_ids(versions, 1)[0], clean_text(entry.text), entry.evidence)
        checked = self._checked(encounter_id, note.type, section, new)
        evidence = tuple(dict.fromkeys((*self._known(encounter_id, entry.evidence), *checked.evidence)))
        note = with_added(note, section, replace(checked, evidence=evidence))
        return self._save(encounter_id, note, after, expected_latest)

    def apply_revision(self, encounter_id: str, revision: Revision, expected_latest: int) -> NoteVersion:
        """Take a proposal into the note: one version, changed lines checked anew, the person as their author.

        See `with_revision` for who is the author of what nobody said. A proposal that changes nothing makes no version.
        Raises `ConflictError` too if its statements were changed since it was made.
        """
        versions, after = self._begin(encounter_id, Act.EDIT, expected_latest)
        latest = _existing(versions)
        if not revision.changes_anything:
            return latest
        ids = iter(unused_ids(versions, len(revision.lines)))
        note, changed = with_revision(latest.note, revision, ids, self._author)
        section = next(s for s in note.sections if s.key == revision.section.key)
        if changed:
            marked = self._checked_section(encounter_id, note, only(section, changed))
            note = functools.reduce(Note.with_statement, marked, note)
        return self._save(encounter_id, note, after, expected_latest)

    def add_doubts(self, encounter_id: str, look: SecondLook, expected_latest: int) -> NoteVersion:
        """Mark what a second look did not believe; the words stay. Without a new mark there is no new version."""
        versions, after = self._begin(encounter_id, Act.EDIT, expected_latest)
        latest = _existing(versions)
        note = with_doubts(latest.note, look)
        return latest if note == latest.note else self._save(encounter_id, note, after, expected_latest)

    def remove_statement(self, encounter_id: str, statement_id: str, expected_latest: int) -> NoteVersion:
        """Take a statement out of the note; earlier versions keep it."""
        versions, after = self._begin(encounter_id, Act.EDIT, expected_latest)
        note = _existing(versions).note
        found_statement(note, statement_id)
        return self._save(encounter_id, without(note, statement_id), after, expected_latest)

    def restore(self, encounter_id: str, number: int, expected_latest: int) -> NoteVersion:
        """Make a new version with the note of an older one (undo). The same note makes no new version."""
        versions, after = self._begin(encounter_id, Act.EDIT, expected_latest)
        latest = _existing(versions)
        older = next((v for v in versions if v.number == number), None)
        if older is None:
            raise InputError(f"The note has no version {number}.", "Reload the note.")
        if older.note == latest.note:
            return latest
        return self._save(encounter_id, older.note, after, expected_latest)

    def mark_reviewed(self, encounter_id: str, expected_latest: int) -> NoteVersion:
        """Say that the draft was gone through; the note's words stay as they are."""
        versions, after = self._begin(encounter_id, Act.REVIEW, expected_latest)
        note = _existing(versions).note
        return self._session.encounters.add_version(encounter_id, note, VersionKind.REVIEW, after, expected_latest)

    def sign(
        self,
        encounter_id: str,
        passphrase: str,
        meaning: str,
        expected_latest: int,
        acknowledged: bool = False,
        *,
        left_out: int = 0,
    ) -> NoteVersion:
        """Sign the note after re-authentication; `meaning` is what the signature stands for (21 CFR 11.50).

        Statements that contradict the transcript must be acknowledged. `left_out`: how many pressing things of
        `missing` were shown to the signer, who left them out knowingly; the audit trail keeps the count.

        Raises:
            SignInError: wrong passphrase.
        """
        versions, _ = self._begin(encounter_id, Act.SIGN, expected_latest)
        note = _existing(versions).note
        meant = clean_text(meaning, "meaning of the signature")
        statements = list(note.statements())
        if not statements:
            raise ConflictError("The note has no statements; there is nothing to sign.", "Write the note first.")
        contradicted = sum(s.support is Support.CONTRADICTED for s in statements)
        if contradicted and not acknowledged:
            raise ConflictError(
                f"{contradicted} of {len(statements)} statements contradict the recording.",
                "Correct or remove them, or sign with acknowledgement.",
            )
        return self._session.encounters.sign_version(
            encounter_id, VersionKind.SIGNATURE, note, meant, passphrase, expected_latest, left_out=left_out
        )

    def add_addendum(self, encounter_id: str, text: str, passphrase: str, expected_latest: int) -> NoteVersion:
        """Append a signed addendum, one statement a line; what was signed before stays word for word.

        Raises:
            SignInError: wrong passphrase.
        """
        versions, _ = self._begin(encounter_id, Act.ADD_ADDENDUM, expected_latest)
        note = _existing(versions).note
        lines = [clean_text(line) for line in text.splitlines() if line.strip()] or [clean_text(text, "addendum")]
        ids = unused_ids(versions, len(lines))
        written = [Statement(i, line, author=self._author) for i, line in zip(ids, lines, strict=True)]
        empty = addendum_section(note, self._author, self._now().astimezone(UTC), ())
        section = replace(
            empty, statements=tuple(self._checked(encounter_id, note.type, empty, statement) for statement in written)
        )
        amended = replace(note, sections=(*note.sections, section))
        return self._session.encounters.sign_version(
            encounter_id, VersionKind.ADDENDUM, amended, "addendum", passphrase, expected_latest
        )

    @property
    def _author(self) -> str:
        return self._session.user.display_name

    def _begin(self, encounter_id: str, act: Act, expected_latest: int) -> tuple[Sequence[NoteVersion], EncounterState]:
        """Check right, state and version; the store checks them again in its transaction."""
        check_right(self._session.user, NEEDED[act])
        store = self._session.encounters
        after = next_state(store.get(encounter_id).state, act)
        versions = store.versions(encounter_id)
        latest = versions[-1].number if versions else 0
        if latest != expected_latest:
            raise ConflictError(
                "Somebody changed this note in the meantime.", "Look at the newest version, then try again."
            )
        return versions, after

    def _checked(self, encounter_id: str, note_type: str, section: Section, statement: Statement) -> Statement:
        """Return the statement with fresh marks; its old evidence is a hint to the check, its old marks are void."""
        alone = replace(section, statements=(statement,))
        return self._checked_section(encounter_id, Note(note_type, ()), alone)[0]

    def _checked_section(self, encounter_id: str, note: Note, section: Section) -> tuple[Statement, ...]:
        """Return the section's statements with fresh marks."""
        unmarked = tuple(replace(s, support=Support.UNSUPPORTED, reasons=()) for s in section.statements)
        transcript = self._session.encounters.transcript(encounter_id)
        if transcript is None:
            return tuple(replace(s, evidence=(), reasons=(_NO_TRANSCRIPT,)) for s in unmarked)
        checked = self._check(Note(note.type, (replace(section, statements=unmarked),)), transcript)
        return tuple(_with_marks(s, checked.statement(s.id)) for s in unmarked)

    def _known(self, encounter_id: str, evidence: Sequence[str]) -> list[str]:
        """The ids that the transcript has."""
        transcript = self._session.encounters.transcript(encounter_id)
        return [e for e in evidence if transcript is not None and transcript.utterance(e) is not None]

    def _save(self, encounter_id: str, note: Note, after: EncounterState, expected_latest: int) -> NoteVersion:
        return self._session.encounters.add_version(encounter_id, note, VersionKind.EDIT, after, expected_latest)


def _existing(versions: Sequence[NoteVersion]) -> NoteVersion:
    if not versions:
        raise ConflictError("There is no note yet.", "Draft it first, or add a statement.")
    return versions[-1]


def _with_marks(statement: Statement, marked: Statement | None) -> Statement:
    if marked is None:
        return replace(statement, reasons=("evidence: the check gave no result",))
    return replace(statement, evidence=marked.evidence, support=marked.support, reasons=marked.reasons)
