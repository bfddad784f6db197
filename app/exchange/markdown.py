"""A note as a Markdown document that a physician reads: state, sections, doubts in words, evidence, addenda."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.domain.encounter import Encounter, EncounterState, NoteVersion, VersionKind
from app.domain.note import Note, Section, Statement, Support
from app.domain.ports import EncounterStore, SignatureCheck
from app.domain.transcript import Transcript
from app.drafting.style.reading_grade import grade_lines
from app.exchange.markdown_text import escape_markdown as esc
from app.exchange.one_line import clock
from app.exchange.private_file import write_export
from app.exchange.running_text import as_sentence, is_prose

__all__ = ["NoteHeader", "encounter_markdown", "note_markdown", "write_export"]

DOUBTS: dict[Support, str] = {
    Support.PARTIAL: "only partly supported by the recording",
    Support.UNSUPPORTED: "not supported by the recording",
    Support.CONTRADICTED: "contradicted by the recording",
}


@dataclass(frozen=True, slots=True)
class NoteHeader:
    """What stands around a stored note: patient label, creation time, state, versions, results of signature checks.

    `checks` maps version numbers to their verification; a signature without one is reported as not verified.
    """

    title: str
    created_at: datetime
    state: EncounterState
    versions: Sequence[NoteVersion] = ()
    checks: Mapping[int, SignatureCheck] = field(default_factory=dict)


def note_markdown(
    note: Note, transcript: Transcript | None = None, *, header: NoteHeader | None = None, evidence: bool = True
) -> str:
    """Return the note as CommonMark with footnotes; every time of day is UTC.

    With `evidence` and a transcript, each statement points to footnotes that quote its utterances with their time.
    Words of the visit never act as markup. Addenda stand after the signature that they follow.
    """
    quotes = _Quotes(transcript if evidence else None)
    body = [s for s in note.sections if not _is_addendum(s)]
    addenda = [s for s in note.sections if _is_addendum(s)]
    kind = esc(note.title) or f"{esc(note.type).upper()} note"
    blocks = [f"# {esc(header.title) or 'Visit' if header else kind}"]
    if header is not None:
        blocks.append(
            f"{kind} of {_moment(header.created_at)}" if note.title else f"Visit of {_moment(header.created_at)}"
        )
    blocks.append(_state_line(header))
    blocks.extend(esc(line) for line in grade_lines(note))
    blocks.extend(f"> {esc(n)}" for n in (*note.notices, *(transcript.notices if transcript else ())))
    write = _prose if is_prose(note) else _section
    blocks.extend(block for section in body for block in write(section, quotes))
    signed = [v for v in header.versions if v.signature is not None] if header else []
    if header is not None:
        blocks.extend(_signature(v, header.checks) for v in signed if v.kind is VersionKind.SIGNATURE)
    blocks.extend(block for section in addenda for block in _section(section, quotes))
    if header is not None:
        blocks.extend(_signature(v, header.checks) for v in signed if v.kind is VersionKind.ADDENDUM)
        blocks.extend(_history(header.versions))
    blocks.extend(quotes.blocks())
    return "\n\n".join(blocks) + "\n"


def encounter_markdown(store: EncounterStore, encounter: Encounter, *, evidence: bool) -> str:
    """Return the latest note of a stored visit, its signatures verified now. Raises what the store raises."""
    versions = store.versions(encounter.id)
    checks = {v.number: store.verify(encounter.id, v.number) for v in versions if v.signature is not None}
    header = NoteHeader(encounter.title, encounter.created_at, encounter.state, versions, checks)
    note = versions[-1].note if versions else Note("soap", ())
    return note_markdown(note, store.transcript(encounter.id), header=header, evidence=evidence)


def _is_addendum(section: Section) -> bool:
    return section.key.startswith("addendum")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _state_line(header: NoteHeader | None) -> str:
    versions = header.versions if header else ()
    signed = [v for v in versions if v.signature is not None]
    if header is not None and signed:
        broken = [v for v in signed if (check := header.checks.get(v.number)) is None or not check.valid]
        if broken:
            return f"**⚠ SIGNATURE NOT VALID (version {broken[0].number}) – do not rely on this note.**"
        return "**Signed, with addenda.**" if header.state is EncounterState.AMENDED else "**Signed.**"
    reviewed = [v for v in versions if v.kind is VersionKind.REVIEW]
    if header is not None and header.state is EncounterState.REVIEWED and reviewed:
        return (
            f"**DRAFT – not signed.** Reviewed by {esc(reviewed[-1].author_name)}, {_moment(reviewed[-1].created_at)}."
        )
    return "**DRAFT – not signed.**"


def _signature(version: NoteVersion, checks: Mapping[int, SignatureCheck]) -> str:
    signature = version.signature
    if signature is None:
        return ""
    check = checks.get(version.number)
    if check is None:
        verdict = "**not verified**"
    elif check.valid:
        verdict = "signature valid"
    else:
        verdict = f"**⚠ SIGNATURE NOT VALID: {esc(check.reason)}**"
    return (
        f"Signed by {esc(signature.signer_name)}, {esc(signature.role)}; meaning: {esc(signature.meaning)}; "
        f"{_moment(signature.signed_at)}; version {version.number}; {verdict}"
    )


def _section(section: Section, quotes: "_Quotes") -> Iterator[str]:
    yield f"## {esc(section.title)}"
    if section.statements:
        yield "\n".join(_statement(s, quotes) for s in section.statements)
    else:
        yield "Nothing noted."


def _prose(section: Section, quotes: "_Quotes") -> Iterator[str]:
    """The section's statements as one paragraph; a doubt stands right behind its sentence."""
    yield f"## {esc(section.title)}"
    sentences = [_sentence(s, quotes) for s in section.statements]
    yield " ".join(sentences) if sentences else "Nothing noted."


def _sentence(statement: Statement, quotes: "_Quotes") -> str:
    said = _written(statement, as_sentence(statement.text), quotes)
    doubt = _doubt(statement)
    return f"{said} ({doubt})" if doubt else said


def _statement(statement: Statement, quotes: "_Quotes") -> str:
    line = f"- {_written(statement, statement.text, quotes)}"
    doubt = _doubt(statement)
    return f"{line}\n  {doubt}" if doubt else line


def _written(statement: Statement, text: str, quotes: "_Quotes") -> str:
    line = f"{esc(text)}{quotes.marks(statement.evidence)}"
    return line if statement.author is None else f"{line} (written by {esc(statement.author)})"


def _doubt(statement: Statement) -> str:
    doubt = DOUBTS.get(statement.support)
    if doubt is None:
        return ""
    reasons = "; ".join(esc(reason) for reason in statement.reasons)
    return f"**⚠ {doubt}**{f': {reasons}' if reasons else ''}"


def _history(versions: Sequence[NoteVersion]) -> Iterator[str]:
    if versions:
        yield "## Versions"
        yield "\n".join(
            f"- Version {v.number}: {v.kind.value}, {esc(v.author_name)}, {_moment(v.created_at)}" for v in versions
        )


class _Quotes:
    """Numbers utterances in the order in which they are first cited."""

    def __init__(self, transcript: Transcript | None) -> None:
        self._known = {u.id: u for u in transcript.utterances} if transcript is not None else None
        self._cited: dict[str, int] = {}

    def marks(self, evidence: Sequence[str]) -> str:
        """Footnote marks of a statement's utterances."""
        if self._known is None:
            return ""
        return "".join(f" [^{self._cited.setdefault(e, len(self._cited) + 1)}]" for e in dict.fromkeys(evidence))

    def blocks(self) -> Iterator[str]:
        """The footnotes: time, speaker, words."""
        if self._known is None or not self._cited:
            return
        yield "## Evidence"
        for identifier, number in self._cited.items():
            u = self._known.get(identifier)
            if u is None:
                yield f"[^{number}]: ⚠ The transcript has no utterance {esc(identifier)}."
            else:
                yield f"[^{number}]: \\[{clock(u.start)}\\] {u.speaker.value}: “{esc(u.text)}”"
