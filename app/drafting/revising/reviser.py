"""Carries out an instruction: by a rule where one does it exactly, else with the language model, guarded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.domain.errors import EngineError, InputError
from app.domain.note import Note, Statement
from app.domain.revision import RevisedLine, Revision
from app.domain.transcript import Transcript, Utterance
from app.domain.work import CancelToken, Progress, no_progress
from app.drafting.engines.language_model import Generation, LanguageModel, Prompt
from app.drafting.lexicon.tokens import tokenise
from app.drafting.reading.answer_form import AnswerError
from app.drafting.revising import form
from app.drafting.revising.additions import is_borne_out, talk_about
from app.drafting.revising.by_rule import may_hold_more, revise_by_rule
from app.drafting.revising.commands import is_command
from app.drafting.revising.pieces import UnclearPartError, ended, label_of, split_line, without_parts
from app.drafting.revising.task import RevisionTask, task_of
from app.drafting.revising.topics import Topic, read_topic
from app.drafting.revising.wishes import WishKind
from app.drafting.spoken.exchanges import names_in

MOST_LINES = 6
"""Of one line that is split."""

_BATCH_LINES = 8
_BATCH_CHARACTERS = 1_500
_LEAST_SHARED = 0.4
"""Share of a new line's words that must stand in the lines before."""
_LEAST_SAID = 0.6
"""Share of an added line's words that must have been said where the topic was spoken of."""
_PREFIX = 4

Model = Callable[[], LanguageModel]


class Reviser:
    """Stateless apart from the model's own cache; `model` is called once a model is needed."""

    def __init__(self, model: Model) -> None:
        self._model = model

    def revise(
        self,
        note: Note,
        section_key: str,
        statements: Sequence[str],
        instruction: str,
        transcript: Transcript | None,
        progress: Progress = no_progress,
        cancel: CancelToken | None = None,
    ) -> Revision:
        """Return a proposal for these statements of a section (none: the whole section), its lines marked.

        Raises:
            InputError: the instruction, or what it is about, cannot be used.
            WorkCancelledError: promptly after `cancel` was set.
            EngineError: the model failed, or gave no usable answer twice.
        """
        task = task_of(note, section_key, statements, instruction, transcript)
        token = cancel or CancelToken()
        token.check()
        by_rule = revise_by_rule(task)
        if by_rule is not None:
            return by_rule
        model = self._model()
        return _Rewriting(task, model, progress, token).revision()


@dataclass
class _Rewriting:
    task: RevisionTask
    model: LanguageModel
    progress: Progress
    cancel: CancelToken
    notices: list[str] = field(default_factory=list)
    done: int = 0

    def revision(self) -> Revision:
        """The proposal."""
        ways: dict[WishKind, Callable[[], list[RevisedLine]]] = {
            WishKind.BULLETS: self._split,
            WishKind.REMOVE: self._removed,
            WishKind.ADD: self._added,
        }
        lines = ways.get(self.task.wish.kind, self._reworded)()
        self.progress(1.0, "checked")
        return self.task.revision(lines, self.notices, self.model.name)

    def _reworded(self) -> list[RevisedLine]:
        given = self.task.section.statements
        if self.task.wish.kind is WishKind.FREE and len(given) == 1 and not is_command(given[0].text):
            return self._instead(given[0], self._listed(given[0], self.task.wish.text), may_lose=True)
        lines: list[RevisedLine] = []
        for batch in _batches(given):
            asked = [s for s in batch if not is_command(s.text)]
            texts = dict(zip([s.id for s in asked], self._anew(asked), strict=True)) if asked else {}
            for statement in batch:
                lines += self._one(statement, texts.get(statement.id))
            self._count(len(batch))
        return lines

    def _one(self, statement: Statement, text: str | None) -> list[RevisedLine]:
        if text is None:
            self.notices.append("A line that quotes words spoken to a program was left as it is.")
            return [self.task.kept(statement)]
        free = self.task.wish.kind is WishKind.FREE
        if free and not text:
            return []
        if not free and len(text) >= len(statement.text):
            return [self.task.kept(statement)]
        return self._instead(statement, [text] if text else [], may_lose=free)

    def _instead(self, statement: Statement, texts: Sequence[str], *, may_lose: bool) -> list[RevisedLine]:
        """The new lines for a statement, or the statement where they would say something else."""
        new = [_in_manner_of(statement.text, t) for t in texts if not _echoes(t, statement.text, self.task.wish.text)]
        if not new:
            self.notices.append("A line was left as it is: the model proposed nothing for it.")
            return [self.task.kept(statement)]
        lines = [self.task.line(t, [statement]) for t in new]
        reasons = self.task.harm([statement], new, may_lose=may_lose)
        if not reasons and not all(_resembles(statement.text, t, self.task.wish.text) for t in new):
            reasons = ("it said something else",)
        worse = next((line for line in lines if self.task.is_worse([statement], line)), None)
        if not reasons and worse is not None and not self._is_asked_for(statement, new):
            reasons = worse.reasons or ("nobody said it",)
        if reasons:
            self.notices.append(f"A line was left as it is. Its new wording would be wrong: {'; '.join(reasons[:3])}.")
            return [self.task.kept(statement)]
        losses = self.task.losses([statement], new)
        return [_with_reasons(line, losses) for line in lines]

    def _is_asked_for(self, statement: Statement, new: Sequence[str]) -> bool:
        """Whether the instruction names the fact that is new: then it is a person's, and shown with its mark."""
        asked = self.task.asked
        stood = set(names_in(statement.text))
        named = {c.name for c in asked.claims} & {n for t in new for n in names_in(t)} - stood
        return bool(named or asked.numbers or asked.sides or asked.values)

    def _split(self) -> list[RevisedLine]:
        lines: list[RevisedLine] = []
        for statement in self.task.section.statements:
            parts = split_line(statement.text)
            if len(parts) == 1 and not is_command(statement.text) and may_hold_more(statement.text):
                parts = self._listed(statement, form.ASK["bullets"])
            lines += self._instead(statement, parts, may_lose=False)
            self._count(1)
        return lines

    def _removed(self) -> list[RevisedLine]:
        """Rules where they can tell which words belong to the part; the model is asked about the other lines alone."""
        topic = read_topic(self.task.wish.about)
        lines: list[RevisedLine] = []
        for statement in self.task.section.statements:
            try:
                rest = without_parts(statement.text, topic.is_meant)
            except UnclearPartError:
                lines += self._without(statement, topic)
            else:
                if rest is None:
                    lines.append(self.task.kept(statement))
                elif rest:
                    lines.append(self.task.line(rest, [statement]))
            self._count(1)
        return lines

    def _without(self, statement: Statement, topic: Topic) -> list[RevisedLine]:
        parts = () if is_command(statement.text) else self._listed(statement, self.task.wish.text)
        losses = self.task.losses([statement], parts)
        others = [r for r in losses if not topic.is_meant(r.partition(":")[2])]
        if not parts or others or any(topic.is_meant(p) for p in parts):
            self.notices.append("A line was left as it is: what belongs to that part cannot be told safely.")
            return [self.task.kept(statement)]
        return self._instead(statement, parts, may_lose=True)

    def _added(self) -> list[RevisedLine]:
        """New lines for what was said; only what our own alignment finds in the visit is let in."""
        kept = [self.task.kept(s) for s in self.task.section.statements]
        talk = talk_about(self.task)
        texts = self._asked(
            lambda repair: form.talk_prompt(talk, self.task.wish.text, repair=repair),
            form.list_grammar(MOST_LINES),
            lambda answer: form.read_list(answer, MOST_LINES),
        )
        topic = read_topic(self.task.wish.about)
        lines = [self.task.line(ended(t), (), [u.id for u in talk[:2]]) for t in texts]
        good = [x for x in lines if is_borne_out(x) and topic.is_touched(x.text) and _is_said(x.text, talk)]
        if not good:
            raise InputError(
                "The visit says nothing about that that can be shown.", "What you know yourself, add by hand."
            )
        if len(good) < len(lines):
            self.notices.append(f"{len(lines) - len(good)} proposed and nobody said it: left out.")
        return [*kept, *good]

    def _listed(self, statement: Statement, asked: str) -> tuple[str, ...]:
        label, body = label_of(statement.text)
        lines = self._asked(
            lambda repair: form.list_prompt(body, asked, repair=repair),
            form.list_grammar(MOST_LINES),
            lambda answer: form.read_list(answer, MOST_LINES),
            len(body),
        )
        return tuple(_labelled(label, body, line) for line in lines)

    def _anew(self, statements: Sequence[Statement]) -> tuple[str, ...]:
        asked = form.ASK.get(self.task.wish.kind.value, self.task.wish.text)
        labels, texts = zip(*(label_of(s.text) for s in statements), strict=True)
        lines = self._asked(
            lambda repair: form.anew_prompt(texts, asked, repair=repair),
            form.anew_grammar(len(texts), may_be_empty=self.task.wish.kind is WishKind.FREE),
            lambda answer: form.read_anew(answer, len(texts)),
            sum(map(len, texts)),
        )
        return tuple(_labelled(*parts) for parts in zip(labels, texts, lines, strict=True))

    def _asked(
        self,
        prompt: Callable[[bool], Prompt],
        grammar: str,
        read: Callable[[str], tuple[str, ...]],
        characters: int = 400,
    ) -> tuple[str, ...]:
        for repair in (False, True):
            written = 0

            def on_token(piece: str) -> None:
                nonlocal written
                written += len(piece)
                self._tell(min(written / (characters + 40), 0.95))

            self._tell(0.0)
            tokens = 96 + characters
            answer = self.model.generate(
                Generation(prompt(repair), max_tokens=tokens, grammar=grammar, on_token=on_token, cancel=self.cancel)
            )
            self.cancel.check()
            try:
                return read(answer)
            except AnswerError:
                continue
        raise EngineError("The language model gave no usable answer.", "Ask in other words, or edit the line.")

    def _count(self, lines: int) -> None:
        self.done += lines
        self._tell(0.0)

    def _tell(self, part: float) -> None:
        self.cancel.check()
        self.progress(
            min((self.done + part) / max(1, len(self.task.section.statements)), 0.99), "wording the lines anew"
        )


def _batches(statements: Sequence[Statement]) -> list[list[Statement]]:
    """Lines that are asked for together."""
    found: list[list[Statement]] = []
    for s in statements:
        last = found[-1] if found else None
        full = last is None or len(last) >= _BATCH_LINES
        if full or sum(len(x.text) for x in last or ()) + len(s.text) > _BATCH_CHARACTERS:
            found.append([s])
        elif last is not None:
            last.append(s)
    return found


def _labelled(label: str, body: str, line: str) -> str:
    """A line under the label of the one before, which no model gets to see: 'Allergy: penicillin' is no medicine."""
    if not line or line.lower().startswith(label.strip().lower()):
        return line
    small = body[:1].islower() and line[1:2].islower()
    return f"{label}{line[:1].lower() if small else line[:1]}{line[1:]}"


def _in_manner_of(before: str, after: str) -> str:
    """The new line with the old one's stop and quotation marks; the old one where nothing but these differs."""
    text = after.replace("“", '"').replace("”", '"') if '"' in before else after
    text = ended(text) if before.rstrip().endswith(".") else text
    return before if " ".join(before.split()) == text or form.shown(before) == after else text


def _resembles(before: str, after: str, asked: str) -> bool:
    """Whether enough of a new line's words stand in the old one, or name the same things."""
    old = {t.stem for t in tokenise(before)}
    named = {t.stem for t in tokenise(asked) if t.text.isdigit()} | old
    words = [t.stem for t in tokenise(after) if not t.is_stop]
    same = sum(1 for w in words if w in named or any(_begins(w, o) for o in old))
    if not words or same >= _LEAST_SHARED * len(words):
        return True
    return bool(set(names_in(before)) & set(names_in(after)))


def _is_said(text: str, talk: Sequence[Utterance]) -> bool:
    """Whether three of five of a line's words with content were said in this talk, or name what was named there."""
    said = " ".join(u.text for u in talk)
    stems = {t.stem for t in tokenise(said)}
    tokens = [t for t in tokenise(text) if not t.is_stop]
    named = set(names_in(said))
    heard = [
        t for t in tokens if any(t.stem == s or _begins(t.stem, s) for s in stems) or set(names_in(t.text)) & named
    ]
    return len(heard) >= _LEAST_SAID * len(tokens)


def _echoes(text: str, before: str, asked: str) -> bool:
    """Whether a model repeats the instruction instead of carrying it out."""
    words = {t.stem for t in tokenise(text)}
    return words <= {t.stem for t in tokenise(asked)} and not words <= {t.stem for t in tokenise(before)}


def _begins(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    return len(short) >= _PREFIX and long.startswith(short)


def _with_reasons(line: RevisedLine, losses: Sequence[str]) -> RevisedLine:
    reasons = tuple(dict.fromkeys((*line.reasons, *losses)))
    return RevisedLine(line.text, line.origins, line.evidence, line.support, reasons)
