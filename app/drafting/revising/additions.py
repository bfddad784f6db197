"""What was said and is to be added: found by our own rules, never by a model that reads the whole visit."""

from app.domain.errors import InputError
from app.domain.note import Note, Support
from app.domain.revision import RevisedLine, Revision
from app.domain.transcript import Transcript, Utterance
from app.domain.unnoted import Unnoted
from app.drafting.checking.missing import said_not_noted
from app.drafting.exchanges import names_in
from app.drafting.revising.task import RevisionTask
from app.drafting.revising.topics import Topic, read_topic

MOST_ADDED = 6
MOST_UTTERANCES = 14
"""Of the visit that a model is shown to word an addition."""

_AROUND = 1


def added_by_rule(task: RevisionTask) -> Revision | None:
    """Return the section with what was said about the topic and is not in the note, in the visit's own words.

    None if the visit speaks of it but no sentence stands out, so that a model must word it.

    Raises:
        InputError: there is no transcript, or nothing was said about it, or the note says it already.
    """
    transcript = _transcript(task)
    topic = read_topic(task.wish.about)
    found = [e for e in said_not_noted(task.note, transcript) if _belongs(e, topic, transcript)]
    if found:
        added = [_line(task, entry) for entry in found[:MOST_ADDED]]
        kept = [task.kept(s) for s in task.section.statements]
        more = len(found) - len(added)
        notices = [f"{more} more would fit; ask again for them."] if more else []
        return task.revision([*kept, *added], notices)
    if (place := noted_at(task.note, topic)) is not None:
        raise InputError(f"The note says this already, under {place}.", "Look there.")
    if not talk_about(task):
        raise InputError("Nobody spoke of that in the visit.", "What you know yourself, add as a statement of yours.")
    return None


def talk_about(task: RevisionTask) -> tuple[Utterance, ...]:
    """What was said about the topic: utterances that name it or that our alignment finds, with their neighbours."""
    transcript = _transcript(task)
    topic = read_topic(task.wish.about)
    heard = task.heard
    said = transcript.utterances
    found = [n for n, u in enumerate(said) if topic.is_meant(u.text)]
    if not found and heard is not None:
        found = sorted(heard.position[e] for e in heard.finder.find(task.wish.about))
    places = sorted({m for n in found for m in range(n - _AROUND, n + 2 * _AROUND + 1) if 0 <= m < len(said)})
    return tuple(said[n] for n in places[:MOST_UTTERANCES])


def noted_at(note: Note, topic: Topic) -> str | None:
    """The title of the first section with a statement about the topic."""
    return next((s.title for s in note.sections if any(topic.is_meant(x.text) for x in s.statements)), None)


def is_borne_out(line: RevisedLine) -> bool:
    """Whether an added line rests on something that was said."""
    return bool(line.evidence) and line.support in {Support.SUPPORTED, Support.PARTIAL}


def _belongs(entry: Unnoted, topic: Topic, transcript: Transcript) -> bool:
    if entry.kind in topic.kinds:
        return True
    said = " ".join(u.text for e in entry.evidence if (u := transcript.utterance(e)) is not None)
    if topic.names:
        return bool(topic.names & (set(names_in(entry.text)) | set(names_in(said)))) or topic.is_meant(entry.text)
    return topic.is_meant(entry.text) or topic.is_meant(said)


def _line(task: RevisionTask, entry: Unnoted) -> RevisedLine:
    line = task.line(entry.text, (), entry.evidence)
    evidence = tuple(dict.fromkeys((*entry.evidence, *line.evidence)))
    return RevisedLine(line.text, (), evidence, line.support, line.reasons)


def _transcript(task: RevisionTask) -> Transcript:
    if task.transcript is None:
        raise InputError("The visit has no transcript to add from.", "Add a statement of yours.")
    return task.transcript
