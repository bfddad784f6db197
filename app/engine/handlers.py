"""What the engine process does for each request. Models stay loaded between requests."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.codec import (
    note_from_json,
    note_to_json,
    transcript_from_json,
    transcript_to_json,
    utterance_from_json,
    utterance_to_json,
)
from app.domain.errors import ModelMissingError
from app.domain.passages import answered_from_json, answered_to_json
from app.domain.style import style_from_json
from app.domain.work import CancelToken, Progress
from app.engine.draft_parts import passage_part, section_part
from app.engine.messages import Draft, Judge, Listen, Passage, Preload, Revise, Transcribe
from app.engine.server_work import ServerWork
from app.engine.sound_inbox import SoundInbox
from app.models.catalogue import Catalogue
from app.models.store import ModelStore
from app.server_policy import ORGANISATION

if TYPE_CHECKING:
    from app.drafting.engines.language_model import LanguageModel
    from app.speech.transcriber import Transcriber

SPEAKER_MODEL = "speaker-ge2e"

Part = Callable[[dict[str, Any]], None]


class Handlers:
    """Runs requests one at a time; `models` is the folder of model files, `threads` 0 for all cores."""

    def __init__(self, models: Path, threads: int) -> None:
        self._store = ModelStore(models, Catalogue.load())
        self._threads = threads
        self._transcribers: dict[str, Transcriber] = {}
        self._languages: dict[str, LanguageModel] = {}

    def transcribe(
        self, request: Transcribe, pcm: bytes, progress: Progress, cancel: CancelToken, part: Part
    ) -> dict[str, Any]:
        """Return the transcript's JSON; utterances are reported as they come."""
        import numpy as np

        progress(0.0, "loading the speech model")
        transcriber = self._transcriber(request.model)
        cancel.check()
        samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768.0
        if request.channels > 1:
            samples = samples.reshape(-1, request.channels)
        transcript = transcriber.transcribe(
            samples,
            vocabulary=request.vocabulary,
            speakers=request.speakers,
            language=request.language,
            gaps=request.gaps,
            progress=progress,
            cancel=cancel,
            on_utterance=lambda utterance: part(utterance_to_json(utterance)),
        )
        return transcript_to_json(transcript)

    def listen(
        self, request: Listen, inbox: SoundInbox, progress: Progress, cancel: CancelToken, part: Part
    ) -> dict[str, Any]:
        """Return the transcript's JSON once the sound has ended; live text is reported as it comes."""
        from app.engine.listening import Listening
        from app.engine.live_codec import earlier_from_json

        progress(0.0, "loading the speech model")
        transcriber = self._transcriber(request.model)
        cancel.check()
        live = transcriber.listen(
            vocabulary=request.vocabulary,
            language=request.language,
            speakers=request.speakers,
            channels=request.channels,
            earlier=[earlier_from_json(earlier) for earlier in request.earlier],
            sound_from=request.sound_from,
            gaps=request.gaps,
        )
        listening = Listening(live, inbox, channels=request.channels, start=request.sound_from, part=part)
        return transcript_to_json(listening.run(progress, cancel))

    def draft(self, request: Draft, progress: Progress, cancel: CancelToken, part: Part) -> dict[str, Any]:
        """Return the unmarked note's JSON; sections and answered passages are reported as they come."""
        from app.drafting.drafter import Drafter
        from app.drafting.templates.template import load_template

        transcript = transcript_from_json(request.transcript)
        template = load_template(request.template)
        earlier = [answered_from_json(passage) for passage in request.earlier]
        server = ServerWork(self._language(request.model) if request.model == ORGANISATION else None, progress)

        def model() -> "LanguageModel":
            progress(0.0, "loading the language model")
            loaded = self._language(request.model)
            cancel.check()
            return loaded

        note = Drafter(model).draft(
            transcript,
            template,
            earlier=earlier,
            style=style_from_json(request.style),
            progress=server.progress,
            cancel=cancel,
            on_section=lambda section: part(section_part(section)),
            on_passage=lambda passage: part(passage_part(passage)),
        )
        return note_to_json(server.named(note, [passage.model for passage in earlier if passage.answers]))

    def passage(self, request: Passage, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
        """Return the answered passage's JSON; an empty object without a usable answer, or if it was only read."""
        from app.drafting.engines.loading import Elsewhere
        from app.drafting.reading import passages
        from app.drafting.reading.passage_reader import PassageReader
        from app.drafting.templates.template import load_template

        said = tuple(utterance_from_json(u) for u in request.utterances)
        passage = passages.Passage(said, tuple(utterance_from_json(u) for u in request.context)) if said else None
        template = load_template(request.template)
        progress(0.0, "loading the language model")
        model = self._language(request.model)
        reader = PassageReader(model, template)
        cancel.check()
        if passage is None or not request.answer:
            if isinstance(model, Elsewhere) and model.is_remote:
                return {}  # nothing leaves without need, and what is read over there is no cache of ours
            reader.read_ahead(passage, cancel)
            return {}
        answered = reader.answer(passage, cancel)
        return {} if answered is None else answered_to_json(answered)

    def revise(self, request: Revise, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
        """Return the checked revision's JSON; the model is only loaded if no rule does what is asked."""
        from app.domain.revision_codec import revision_to_json
        from app.drafting.revising.reviser import Reviser

        note = note_from_json(request.note)
        transcript = transcript_from_json(request.transcript) if request.transcript else None
        server = ServerWork(self._language(request.model) if request.model == ORGANISATION else None, progress)

        def model() -> "LanguageModel":
            progress(0.0, "loading the language model")
            loaded = self._language(request.model)
            cancel.check()
            return loaded

        revision = Reviser(model).revise(
            note, request.section, request.statements, request.instruction, transcript, server.progress, cancel
        )
        return revision_to_json(revision)

    def judge(self, request: Judge, progress: Progress, cancel: CancelToken) -> dict[str, Any]:
        """Return the probability that the lines say the sentence."""
        from app.drafting.checking import judge

        progress(0.0, "loading the language model")
        model = self._language(request.model)
        cancel.check()
        question = judge.Question(request.sentence, request.lines)
        return {"belief": judge.Judge(model).belief(question, cancel=cancel)}

    def preload(self, request: Preload) -> dict[str, Any]:
        """Load the model named with what belongs to it; speech models run once, so that the first words come soon."""
        if request.model == ORGANISATION:
            self._language(request.model)
            return {}
        task = self._store.catalogue.entry(request.model).task
        if task == "speech":
            self._transcriber(request.model).warm_up()
        elif task == "language":
            self._language(request.model)
        return {}

    def _transcriber(self, model: str) -> "Transcriber":
        if model not in self._transcribers:
            from app.speech.transcriber import Transcriber

            self._transcribers[model] = Transcriber.load(
                self._store.open(model), speaker_model=self._speaker_model(), threads=self._threads
            )
        return self._transcribers[model]

    def _speaker_model(self) -> Path | None:
        try:
            return self._store.open(SPEAKER_MODEL)
        except ModelMissingError:
            return None  # the transcript then says that speakers are not told apart

    def _language(self, model: str) -> "LanguageModel":
        if model not in self._languages:
            from app.drafting.engines.loading import load_language_model, load_organisation

            for loaded in self._languages.values():
                loaded.close()  # two language models at once would break the memory budget
            self._languages.clear()
            if model == ORGANISATION:
                self._languages[model] = load_organisation(self._local_language)
            else:
                self._languages[model] = load_language_model(self._store.open(model), threads=self._threads)
        return self._languages[model]

    def _local_language(self, named: str) -> "LanguageModel":
        """The local model behind the organisation's server; the catalogue's default if none is named."""
        from app.drafting.engines.loading import load_language_model

        default = next(entry.id for entry in self._store.catalogue.defaults() if entry.task == "language")
        return load_language_model(self._store.open(named or default), threads=self._threads)
