"""What was said and is to be added: found by our own rules, never by a model that reads the whole visit."""

from collections.abc import Iterator

from app.domain.errors import InputError
from app.domain.note import Note, Support
from app.domain.revision import RevisedLine, Revision
from app.domain.transcript import Speaker, Transcript, Utterance
from app.domain.unnoted import Unnoted, UnnotedKind
from app.drafting.checking.hearing.spoken_pieces import SpokenPieces
from app.drafting.checking.unnoted.missing import said_not_noted
from app.drafting.checking.unnoted.tables import has_cue
from app.drafting.checking.unnoted.wording import Wording
from app.drafting.lexicon.tokens import tokenise
from app.drafting.revising.commands import is_command
from app.drafting.revising.task import RevisionTask
from app.drafting.revising.topics import Topic, read_topic
from app.drafting.spoken.evidence import is_question
from app.drafting.spoken.exchanges import names_in

MOST_ADDED = 6
MOST_UTTERANCES = 14
"""Of the visit that a model is shown to word an addition."""

_AROUND = 1


def added_by_rule(task: RevisionTask) -> Revision | None:
    """Return the section with what was said about the topic and is not in the note, in the visit's own words.

    That is what is listed as said and not in the note, and what else names the topic, as it was spoken. None if only
    our alignment finds talk about it, so that a model must word it.

    Raises:
        InputError: there is no transcript, or nothing was said about it, or the note says it already.
    """
    transcript = _transcript(task)
    topic = read_topic(task.wish.about)
    found = [e for e in said_not_noted(task.note, transcript) if _belongs(e, topic, transcript)]
    place = noted_at(task.note, topic)
    if place is None and not (found and topic.kinds):
        found = _merged(found, list(_quoted(task, topic)))
    if found:
        added = [_line(task, entry) for entry in found[:MOST_ADDED]]
        kept = [task.kept(s) for s in task.section.statements]
        more = len(found) - len(added)
        notices = [f"{more} more would fit; ask again for them."] if more else []
        return task.revision([*kept, *added], notices)
    if place is not None:
        raise InputError(f"The note says this already, under {place}.", "Look there.")
    if topic.kinds:
        raise InputError("All that was said about that is in the note.", "What you know yourself, add by hand.")
    if not talk_about(task):
        raise InputError("Nobody spoke of that in the visit.", "What you know yourself, add by hand.")
    return None


def talk_about(task: RevisionTask) -> tuple[Utterance, ...]:
    """What was said about the topic: utterances that name it or that our alignment finds, with their neighbours."""
    transcript = _transcript(task)
    topic = read_topic(task.wish.about)
    heard = task.heard
    said = transcript.utterances
    found = [n for n, u in enumerate(said) if topic.is_named(u.text) and not _explains(u)]
    if not found and heard is not None:
        found = sorted(n for e in heard.finder.find(task.wish.about) if not _explains(said[n := heard.position[e]]))
    places = sorted({m for n in found for m in range(n - _AROUND, n + 2 * _AROUND + 1) if 0 <= m < len(said)})
    return tuple(said[n] for n in places[:MOST_UTTERANCES])


def noted_at(note: Note, topic: Topic) -> str | None:
    """The title of the first section with a statement that has all words of the topic."""
    return next((s.title for s in note.sections if any(topic.is_all_in(x.text) for x in s.statements)), None)


def is_borne_out(line: RevisedLine) -> bool:
    """Whether an added line rests on something that was said."""
    return bool(line.evidence) and line.support in {Support.SUPPORTED, Support.PARTIAL}


def _quoted(task: RevisionTask, topic: Topic) -> Iterator[Unnoted]:
    """Sentences that name the topic, and answers to questions that do, as they were spoken."""
    if task.heard is None:
        return
    pieces = SpokenPieces(task.heard)
    wording = Wording(pieces)
    told: set[int] = set()
    for n, utterance in enumerate(pieces.utterances):
        about = [p for p in pieces.pieces(n) if topic.is_named(p.text)]
        if n in told or not about or _explains(utterance) or is_command(utterance.text):
            continue
        answer = pieces.answer(n) if pieces.asks(n) else ()
        if pieces.asks(n) and not answer:
            continue
        asked = not answer and wording.needs_question(about, "")
        text = wording.exchange(about[-1:], answer) if answer else wording.told(about, "", asked=asked)
        question = pieces.question(n) if asked else None
        places = sorted({n, *answer, *(() if question is None else (question,))})
        told |= set(places)
        yield Unnoted(tuple(pieces.utterances[m].id for m in places), UnnotedKind.DETAIL, text)


def _explains(utterance: Utterance) -> bool:
    """Whether a clinician neither asks, finds, judges nor plans anything, but explains."""
    text = utterance.text
    if utterance.speaker is not Speaker.CLINICIAN or is_question(tokenise(text)):
        return False
    return has_cue("general", text) or not any(has_cue(use, text) for use in ("exam", "assessment", "plan"))


def _merged(listed: list[Unnoted], quoted: list[Unnoted]) -> list[Unnoted]:
    """What is listed, without what an exchange quotes whole; then what is only quoted."""
    whole = [set(q.evidence) for q in quoted]
    kept = [e for e in listed if not any(set(e.evidence) <= w for w in whole)]
    told = {e for k in kept for e in k.evidence}
    return [*kept, *(q for q in quoted if not set(q.evidence) <= told)]


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
        raise InputError("The visit has no transcript to add from.", "What you know yourself, add by hand.")
    return task.transcript
