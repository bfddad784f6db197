"""An engine that drafts at once in this process, with a scripted model: what the runner needs of one."""

from collections.abc import Callable

from drafting_doubles import ScriptedModel, always

from app.domain.codec import note_to_json
from app.domain.transcript import Transcript
from app.drafting.drafter import Drafter
from app.drafting.templates.template import load_template


class DraftingEngine:
    """Remembers the style of every draft."""

    def __init__(self, answer: str) -> None:
        self.model = ScriptedModel(always(answer))
        self.styles: list[object] = []

    def draft(
        self,
        transcript: Transcript,
        *,
        template: str,
        style: object,
        earlier: object,
        on_passage: Callable,
        **_: object,
    ) -> "_Done":
        self.styles.append(style)
        drafter = Drafter(self.model)
        note = drafter.draft(transcript, load_template(template), earlier=earlier, style=style, on_passage=on_passage)
        return _Done(note_to_json(note))

    def forget(self) -> None:
        pass

    def close(self) -> None:
        pass


class _Done:
    def __init__(self, value: dict[str, object]) -> None:
        self._value = value

    def wait(self, _seconds: float) -> bool:
        return True

    def result(self, _cancel: object) -> dict[str, object]:
        return self._value
