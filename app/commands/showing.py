"""How an encounter is shown at the terminal: note with evidence, consent, marks, versions, signatures."""

import shutil
import sys

from app.commands.output import print_json
from app.domain.codec import transcript_to_json
from app.domain.encounter import Encounter, EncounterState, NoteVersion, Stage, StageState
from app.domain.ports import Session, SignatureCheck
from app.domain.recording import Mark
from app.domain.recording_codec import consent_to_json, mark_to_json
from app.domain.unnoted_codec import missing_to_json
from app.exchange.note_json import note_json
from app.visit.recording_notices import consent_line, mark_line
from app.wiring import Application

UNSIGNED = {EncounterState.DRAFT, EncounterState.REVIEWED}


def show_encounter(program: Application, session: Session, encounter: Encounter, *, as_json: bool) -> int:
    """Print note, evidence, versions and whether each signature is valid; 1 if one is not."""
    from app.exchange.terminal import missing_text, note_text

    transcript = session.encounters.transcript(encounter.id)
    consent = session.encounters.consent(encounter.id)
    marks = transcript.marks if transcript else _journal_marks(session, encounter.id)
    versions = session.encounters.versions(encounter.id)
    unnoted = program.review(session).missing(encounter.id)
    checks = {v.number: session.encounters.verify(encounter.id, v.number) for v in versions if v.signature is not None}
    if as_json:
        print_json(
            {
                **summary(encounter),
                "consent": consent_to_json(consent) if consent else None,
                "marks": [mark_to_json(mark) for mark in marks],
                "note": note_json(versions[-1].note) if versions else None,
                "missing": missing_to_json(unnoted),
                "transcript": transcript_to_json(transcript) if transcript else None,
                "versions": [_version(v, checks.get(v.number)) for v in versions],
            }
        )
    else:
        print(
            f"{encounter.title}   {encounter.state}   "
            f"{encounter.created_at.astimezone():%Y-%m-%d %H:%M}{trouble(encounter)}\n"
        )
        if versions:
            width = min(shutil.get_terminal_size().columns, 100)
            print(note_text(versions[-1].note, transcript, width, sys.stdout.isatty()))
            if transcript is not None and encounter.state in UNSIGNED:
                print(f"\n{missing_text(unnoted, transcript, width, sys.stdout.isatty())}")
            print()
        if consent is not None:
            print(consent_line(consent))
        for mark in marks:
            print(mark_line(mark))
        for v in versions:
            print(_version_line(v, checks.get(v.number)))
    return 0 if all(c.valid for c in checks.values()) else 1


def _journal_marks(session: Session, encounter_id: str) -> tuple[Mark, ...]:
    """The marks of a recording that has no transcript yet."""
    return tuple(entry for entry in session.encounters.journal(encounter_id) if isinstance(entry, Mark))


def summary(e: Encounter) -> dict[str, object]:
    """An encounter as JSON, without its content."""
    return {
        "id": e.id,
        "title": e.title,
        "created_at": e.created_at.isoformat(),
        "state": e.state.value,
        "duration": e.duration,
        "stages": {s.stage.value: s.state.value + (f"({s.code})" if s.code else "") for s in e.stages},
    }


def trouble(e: Encounter) -> str:
    """What went wrong with an encounter, for the end of its line."""
    failed = "".join(f"   [{s.stage} failed: {s.code}]" for s in e.stages if s.state is StageState.FAILED)
    # only one program has the vault open, so nobody is recording this at the moment
    cut = any(s.stage is Stage.RECORD and s.state is StageState.RUNNING for s in e.stages)
    return ("   [recording interrupted: see 'anamnesis encounters recover']" if cut else "") + failed


def _version(v: NoteVersion, check: SignatureCheck | None) -> dict[str, object]:
    value: dict[str, object] = {
        "number": v.number,
        "kind": v.kind.value,
        "author": v.author_name,
        "created_at": v.created_at.isoformat(),
    }
    if v.signature is not None and check is not None:
        value["signature"] = {
            "signer": v.signature.signer_name,
            "role": v.signature.role,
            "meaning": v.signature.meaning,
            "signed_at": v.signature.signed_at.isoformat(),
            "valid": check.valid,
            "reason": check.reason,
            "evidence_erased": check.evidence_erased,
        }
    return value


def _version_line(v: NoteVersion, check: SignatureCheck | None) -> str:
    line = f"version {v.number}  {v.kind:<10} {v.created_at.astimezone():%Y-%m-%d %H:%M}  {v.author_name}"
    if v.signature is None or check is None:
        return line
    erased = ", evidence erased under the retention policy" if check.evidence_erased else ""
    verdict = f"signature valid{erased}" if check.valid else f"SIGNATURE NOT VALID: {check.reason}"
    signed = f"{v.signature.meaning}, {v.signature.role}, {v.signature.signed_at:%Y-%m-%d %H:%M:%S} UTC"
    return f"{line}  signed: {signed}; {verdict}"
