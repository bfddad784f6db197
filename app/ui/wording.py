"""The words and dates that the window shows. One place, so that they stay short and the same everywhere."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from app.domain.encounter import Encounter, EncounterState, Stage, StageState
from app.domain.note import Note, Section, Statement, Support
from app.domain.recording import Consent, ConsentDecision, Mark, MarkKind, UnfinishedRecording
from app.domain.revision import DifferenceKind
from app.domain.second_look import SecondLook
from app.domain.transcript import Speaker
from app.domain.unnoted import Unnoted, UnnotedKind

MARKS = {
    Support.SUPPORTED: "Supported",
    Support.PARTIAL: "Partly supported",
    Support.UNSUPPORTED: "Not supported",
    Support.CONTRADICTED: "Contradicted",
}

SPEAKERS = {
    Speaker.CLINICIAN: "Clinician",
    Speaker.PATIENT: "Patient",
    Speaker.OTHER: "Other",
    Speaker.UNKNOWN: "Speaker",
}

KINDS = {
    UnnotedKind.RED_FLAG: "Red flags",
    UnnotedKind.ALLERGY: "Allergies",
    UnnotedKind.MEDICINE: "Medicines",
    UnnotedKind.VITAL_SIGN: "Vital signs",
    UnnotedKind.SYMPTOM: "Symptoms",
    UnnotedKind.DENIED: "Denied",
    UnnotedKind.ILLNESS: "Illnesses",
    UnnotedKind.OPERATION: "Operations",
    UnnotedKind.FAMILY: "Family",
    UnnotedKind.CONCERN: "Concerns",
    UnnotedKind.FINDING: "Findings",
    UnnotedKind.TEST: "Tests",
    UnnotedKind.ASSESSMENT: "Assessment",
    UnnotedKind.PLAN: "Plan",
    UnnotedKind.SOCIAL: "Work, home, habits",
    UnnotedKind.DETAIL: "Other answers",
}

STAGES = {
    Stage.RECORD: "Recording",
    Stage.TRANSCRIBE: "Transcript",
    Stage.DRAFT: "Draft",
    Stage.CHECK: "Check",
}

DOING = {
    Stage.RECORD: "Sealing the recording",
    Stage.TRANSCRIBE: "Transcribing",
    Stage.DRAFT: "Writing the draft",
    Stage.CHECK: "Checking the draft",
}

LOOKING_AGAIN = "Looking a second time"

STATES = {
    EncounterState.OPEN: "No note yet",
    EncounterState.DRAFT: "Draft to review",
    EncounterState.REVIEWED: "Reviewed, not signed",
    EncounterState.SIGNED: "Signed",
    EncounterState.AMENDED: "Signed, with addendum",
}

_STOPPED = {
    Stage.RECORD: "The recording could not be stored.",
    Stage.TRANSCRIBE: "The transcript could not be made.",
    Stage.DRAFT: "The draft could not be written.",
    Stage.CHECK: "The draft could not be checked.",
}

_WAY_OUT = {
    "disk-full": "The disk is full. Free some space, then retry.",
    "model-missing": "A model file is not installed. Run “anamnesis models fetch”, or ask your IT, then retry.",
    "model-damaged": "A model file is damaged. Fetch it again with “anamnesis models fetch”, then retry.",
    "engine": "The speech or language engine stopped. Retry; if it stops again, restart Anamnesis.",
    "environment": "This computer refused something the work needs. Run “anamnesis doctor” to see what, then retry.",
    "input": "The recording could not be read to its end. Check the file, or open another copy.",
    "seal-broken": "Stored data of this visit is damaged. Restore it from a backup; do not delete anything.",
    "version": "This visit was written by a newer Anamnesis. Update the program.",
    "conflict": "Somebody else changed this visit meanwhile. Retry.",
    "permission": "Your role does not allow this step.",
}


NOTHING_TO_CHANGE = "Nothing here would change."

INSTRUCTIONS = (
    ("Shorter", "shorter", True),
    ("As bullets", "as bullets", True),
    ("One sentence", "as one sentence", True),
    ("Spell out", "expand abbreviations", True),
    ("Remove…", "remove the part about ", False),
    ("Add…", "add the ", False),
)
"""What is often asked of lines: the button, the instruction, and whether it is complete."""

DIFFERENCES = {
    DifferenceKind.KEPT: "As it was",
    DifferenceKind.CHANGED: "Changed",
    DifferenceKind.REPLACED: "Before",
    DifferenceKind.REMOVED: "Removed",
    DifferenceKind.ADDED: "New",
}


def stays(count: int) -> str:
    """How many lines a proposal leaves alone."""
    return f"{plural(count, 'line stays', 'lines stay')} as {'it is' if count == 1 else 'they are'}."


def revised_lines(section: Section, statement: Statement | None) -> str:
    """Which lines an instruction is for."""
    if statement is not None:
        return f"For this line under {section.title}: {statement.text}"
    if not section.statements:
        return f"For the section {section.title}, where nothing is noted."
    return f"For the whole section {section.title}, {plural(len(section.statements), 'line')}."


def stopped(stage: Stage, code: str | None) -> tuple[str, str]:
    """What a stored failure means: (what happened, what to do)."""
    return _STOPPED[stage], _WAY_OUT.get(code or "", "Retry. If it happens again, run “anamnesis doctor”.")


def unfinished(encounter: Encounter) -> Stage | None:
    """The first stage that is not done, or None; a visit without a recording waits for none."""
    if is_unrecorded(encounter):
        return None
    return next((s.stage for s in encounter.stages if s.state is not StageState.DONE), None)


def failure(encounter: Encounter) -> tuple[Stage, str | None] | None:
    """The failed stage with its code, or None."""
    return next(((s.stage, s.code) for s in encounter.stages if s.state is StageState.FAILED), None)


def is_unrecorded(encounter: Encounter) -> bool:
    """Whether nothing was ever recorded, so that no stage is waited for: a visit whose note is written by hand."""
    return any(s.stage is Stage.RECORD and s.state is StageState.PENDING for s in encounter.stages)


def state_of(encounter: Encounter) -> str:
    """One short phrase for a list."""
    if is_unrecorded(encounter):
        return STATES[encounter.state]
    failed = failure(encounter)
    if failed is not None:
        return f"Stopped at: {STAGES[failed[0]].lower()}"
    stage = unfinished(encounter)
    if stage is not None and encounter.state in {EncounterState.OPEN, EncounterState.DRAFT}:
        return "Not finished" if encounter.state is EncounterState.OPEN else "Draft, not checked yet"
    return STATES[encounter.state]


def clock(seconds: float) -> str:
    """3.2 -> `0:03`, 3723 -> `1:02:03`."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def prepared(until: float) -> str:
    """How far the draft is prepared while the visit goes on; empty before anything is."""
    return f"Draft prepared up to {clock(until)}" if until > 0 else ""


def length(seconds: float | None) -> str:
    """A recording's length in words a person would use."""
    if seconds is None:
        return ""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"


def span(seconds: float) -> str:
    """`less than 1 s`, `20 s`, `12 min 30 s`, `1 h 05 min`: exact enough to tell how much is meant."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s" if whole else "less than 1 s"
    minutes, left = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {left} s" if left else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"


_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d) UTC")  # as marks store it


def mark_words(mark: Mark) -> str:
    """What a mark on the recording's time line says."""
    detail = f": {mark.detail}" if mark.detail else ""
    words = {
        MarkKind.LOSS: f"{span(mark.length)} not recorded{detail}",
        MarkKind.PAUSE: f"Paused for {span(mark.length)}" if mark.length else "Paused",
        MarkKind.MUTE: f"Muted for {span(mark.length)}" if mark.length else "Muted",
        MarkKind.INTERRUPTION: _interruption(mark),
        MarkKind.BOOKMARK: f"Important{detail}",
        MarkKind.DEVICE: f"Microphone changed{detail}",
    }
    return words[mark.kind]


def _interruption(mark: Mark) -> str:
    missing = f", about {span(mark.length)} missing" if mark.length else ""
    then = _MOMENT.sub(_local_hour, mark.detail.removeprefix("interrupted").removeprefix(", "))
    return f"Interrupted here{missing}" + (f", {then}" if then else "")


def _local_hour(moment: re.Match[str]) -> str:
    stored = datetime.strptime(moment[1], "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return f"{stored.astimezone():%H:%M}"


def consent_words(consent: Consent | None) -> str:
    """Who agreed how and when, or that nobody did; empty if nobody was asked."""
    if consent is None:
        return ""
    hour = f"{consent.at.astimezone():%H:%M}"
    if consent.decision is ConsentDecision.DECLINED:
        return f"Recording declined, {hour}"
    if consent.decision is ConsentDecision.WITHDRAWN:
        return f"Consent withdrawn, {hour}"
    method = consent.method.value if consent.method is not None else "given"
    return f"Consent: {method}, {consent.who}, {hour}"


def is_declined(consent: Consent | None) -> bool:
    """Whether the patient refused the recording, so that the note is written by hand."""
    return consent is not None and consent.decision is ConsentDecision.DECLINED


def interrupted(recording: UnfinishedRecording, now: datetime) -> str:
    """A recording that was cut off: whose, when, and how much is safe."""
    began = when(recording.started_at, now)
    began = began[:1].lower() + began[1:]
    return f"{recording.title}, {began}{', ' if recording.recorded > 0 else '. '}{safe(recording)}"


def safe(recording: UnfinishedRecording) -> str:
    """How much of an interrupted recording is stored."""
    if recording.recorded <= 0:
        return "Nothing was recorded yet."
    return f"{span(recording.recorded)} {'is' if recording.recorded < 1 else 'are'} safe."


def is_missing(mark: Mark) -> bool:
    """Whether the mark says that words may be missing."""
    return mark.kind in {MarkKind.LOSS, MarkKind.INTERRUPTION}


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def when(moment: datetime, now: datetime) -> str:
    """`Today 14:05`, `Yesterday 09:10`, `3 Nov 10:00`, `3 Nov 2025 10:00`, in the local time zone."""
    local, today = moment.astimezone(), now.astimezone()
    hour = f"{local:%H:%M}"
    if local.date() == today.date():
        return f"Today {hour}"
    if local.date() == (today - timedelta(days=1)).date():
        return f"Yesterday {hour}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year} {hour}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """`1 statement`, `2 statements`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def nothing_unnoted(hidden: int) -> str:
    """What stands in the place of a list without entries."""
    if hidden:
        return f"Nothing else is missing; {plural(hidden, 'entry is', 'entries are')} hidden as not needed."
    return "Everything clinical that was said is in the note."


def unfolding(rest: Sequence[UnnotedKind]) -> str:
    """The last line of a long list: how many more there are, and of which kinds."""
    kinds = ", ".join(KINDS[kind].lower() for kind in dict.fromkeys(rest))
    return f"Show {len(rest)} more: {kinds}"


MOST_LEFT_OUT = 3
"""Entries that a warning quotes; the rest is counted."""
_LONGEST_QUOTE = 160

_ONE = {UnnotedKind.RED_FLAG: "Red flag", UnnotedKind.ALLERGY: "Allergy", UnnotedKind.MEDICINE: "Medicine"}


def left_out(pressing: Sequence[Unnoted]) -> tuple[str, str]:
    """What a warning before a signature says: how many things of which kind, and the first of them, worst first."""
    counts = Counter(entry.kind for entry in pressing)
    kinds = ", ".join(plural(n, _ONE[kind].lower(), KINDS[kind].lower()) for kind, n in counts.items())
    lines = [f"{_ONE[e.kind]}: {shortened(e.text, _LONGEST_QUOTE)}" for e in pressing[:MOST_LEFT_OUT]]
    rest = len(pressing) - MOST_LEFT_OUT
    return f"Said, not in the note: {kinds}.", "\n".join([*lines, *([f"and {rest} more"] if rest > 0 else [])])


def leaving_out(count: int) -> str:
    """The acknowledgement of that."""
    if count == 1:
        return "I have read it and sign the note without it"
    return f"I have looked at all {count} and sign the note without them"


def shortened(words: str, most: int) -> str:
    """At most so many characters, cut between words."""
    return words if len(words) <= most else words[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;.") + "…"


def is_own_words(statement: Statement) -> bool:
    """Whether a person typed what the recording does not hold: their knowledge, not the program's invention."""
    return statement.author is not None and statement.support is Support.UNSUPPORTED


def mark_of(statement: Statement, *, by_hand: bool = False) -> str:
    """The word beside a statement; `by_hand`: the visit has no recording."""
    if is_own_words(statement):
        return "Written by hand" if by_hand else "Not in recording"
    return MARKS[statement.support]


def reasons_of(statement: Statement, *, by_hand: bool = False) -> list[str]:
    """Why the mark is what it is, each as a sentence; none for a person's words where nothing could be compared."""
    if by_hand and is_own_words(statement):
        return []
    return [reason[:1].upper() + reason[1:].rstrip(".") + "." for reason in statement.reasons]


def looked_again(look: SecondLook) -> tuple[str, str]:
    """What a second look brought, and what to do with it."""
    if not look.doubted:
        return (
            "Second look: nothing new.",
            "It overlooks most of what the checks overlook. Read the note all the same.",
        )
    one, asked = len(look.doubted) == 1, f"{look.asked} sentence{'s' * (look.asked > 1)}"
    return (
        f"Second look: {len(look.doubted)} of {asked} {'is' if one else 'are'} in doubt now.",
        f"The model did not find {'it' if one else 'them'} in what was said. F8 goes there; undo takes the mark"
        f"{'' if one else 's'} back.",
    )


def author_of(statement: Statement) -> str:
    """Who typed the statement, or had it worded anew; empty for a drafted one."""
    return f"Written by {statement.author}" if statement.author is not None else ""


def is_doubtful(statement: Statement) -> bool:
    """Whether a person must look at the statement before signing."""
    return statement.support is not Support.SUPPORTED and (
        statement.author is None or statement.support is Support.CONTRADICTED
    )


def doubtful(note: Note) -> list[Statement]:
    """The statements that need a look, in reading order."""
    return [s for s in note.statements() if is_doubtful(s)]


def summary(note: Note) -> str:
    """How many statements there are and how many are in doubt."""
    count = len(list(note.statements()))
    if not count:
        return "No statements"
    in_doubt = len(doubtful(note))
    return f"{plural(count, 'statement')} · {in_doubt or 'none'} in doubt"


def by_hand_summary(note: Note) -> str:
    """How many statements a note without a recording has; there is nothing to doubt them by."""
    count = len(list(note.statements()))
    return plural(count, "statement") if count else "No statements"


def doubts(note: Note) -> str:
    """How the doubts are spread, worst first: `1 contradicted, 2 not supported`."""
    found = [s.support for s in doubtful(note)]
    order = (Support.CONTRADICTED, Support.UNSUPPORTED, Support.PARTIAL)
    return ", ".join(f"{found.count(s)} {MARKS[s].lower()}" for s in order if s in found)
