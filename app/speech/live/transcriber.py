"""Sound that is still coming in becomes text: hypotheses at once, final windows as soon as they cannot grow."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor

import numpy as np

from app.domain.live import FinalText, Hypothesis
from app.domain.recording import HeardWindow
from app.domain.transcript import Speaker, Transcript
from app.domain.words import Word
from app.domain.work import CancelToken, Progress
from app.speech.gaps import GapMap
from app.speech.live.activity import ActivityStream, FrameJudge
from app.speech.live.final import EarlierWindow, WindowFinal
from app.speech.live.finals import FinalWindow, FinalWindows
from app.speech.live.hypotheses import Hypotheses
from app.speech.live.language import SpokenLanguage
from app.speech.live.shown import ShownUtterances
from app.speech.live.sound import SoundBuffer
from app.speech.live.voices import VoiceBook
from app.speech.recogniser import Recogniser
from app.speech.speaker_embedding import SpeakerEncoder
from app.speech.utterances import in_order, to_phrases, to_utterances
from app.speech.voice_activity import SECONDS_PER_FRAME, VoiceActivity
from app.speech.windows import WINDOW

_BEHIND = 45.0  # seconds of sound without final text above which hypotheses wait
_MARGIN = 1.0  # seconds of sound kept before what is needed
_AROUND = 1.0  # seconds of activity after a window that its phrases may need
_SPEAKERS_UNKNOWN = "Speakers were not told apart: the speaker model is not there."
_VOICES_LOST = "Voices of a part before an interruption were lost; its speakers were told apart by wording."


class LiveTranscriber:
    """Transcribes one recording while it is made. One thread; memory does not grow with sound, only with words."""

    def __init__(
        self,
        recogniser: Recogniser,
        encoder: SpeakerEncoder | None,
        *,
        vocabulary: Sequence[str] = (),
        language: str | None = None,
        speakers: bool = True,
        channels: int = 1,
        earlier: Sequence[EarlierWindow] = (),
        sound_from: float = 0.0,
        judge: FrameJudge | None = None,
        executor: Executor | None = None,
        gaps: GapMap | None = None,
    ) -> None:
        """Begin, or go on after an interruption.

        Args:
            recogniser: the loaded Whisper model.
            encoder: the speaker model; None if it is not there.
            vocabulary: words to expect (drugs, names).
            language: code such as `en`; None to detect it from the first windows.
            speakers: label clinician and patient.
            channels: 1, or 2 for a microphone per speaker.
            earlier: windows that are final already, in order; nothing in them is recognised again.
            sound_from: time (seconds) of the first sample that will be fed. At most the end of the last earlier window;
                a few seconds less let the voice activity model settle.
            judge: tells speech from the rest; None for Silero.
            executor: recognises final windows beside hypotheses; None to do all in turn.
            gaps: where silence was put into the sound that is fed; all times here and there have room for it.
        """
        self._recogniser = recogniser
        self._label_speakers = speakers
        self._notices: list[str] = []
        self._left_out = [n for e in earlier for n in e.window.left_out]
        self._final = earlier[-1].window.end if earlier else 0.0
        last = (earlier[-1].state or {}) if earlier else {}
        self._sound = SoundBuffer(channels, sound_from)
        self._activity = ActivityStream(
            sound_from, final=self._final, speaking=last.get("speaking") is True, judge=judge
        )
        self._language = SpokenLanguage(recogniser, language)
        self._language.restore(last.get("language"))
        self._finals = FinalWindows(recogniser, self._language, vocabulary, WINDOW, gaps or GapMap(), executor)
        self._hypotheses = Hypotheses(recogniser, vocabulary, self._final)
        self._voices = VoiceBook(encoder if speakers else None)
        self._shown = ShownUtterances()
        self._latest: list[Word] = []
        self._earlier = list(earlier)
        self._take_earlier(over=False)

    def feed(self, pcm: bytes, *, recorded: bool = True) -> None:
        """Take sound: little-endian int16, 16 kHz, interleaved, in pieces of any length; or silence put into a gap."""
        samples = self._sound.feed(pcm)
        if recorded:
            self._voices.listen(samples)
        self._activity.feed(samples)
        self._take_earlier(over=False)
        self._forget()

    def break_off(self) -> None:
        """Hear nothing so far together with what comes; for text that is not final (final text needs the silence)."""
        self._hypotheses.break_off(self._activity.now)

    def step(self) -> Hypothesis | WindowFinal | None:
        """Do at most one unit of model work. None: nothing to do until more sound comes. Raises `EngineError`."""
        behind = self._activity.now - self._final > _BEHIND
        if self._finals.plan(self._activity):
            done = self._finals.work(self._sound, wait=behind)
            if done is not None:
                return self._made_final(done)
        ahead = self._finals.heard_ahead()
        if ahead is not None and self._hypotheses.improve(*ahead):
            return self._hypotheses.shown()
        if self._hypotheses.due_after_pause(self._activity):
            return self._hypothesis()
        if self._hypotheses.settle_after_pause(self._activity):
            return self._hypotheses.shown()
        if self._hypotheses.due(self._activity):
            return self._hypothesis()
        self._finals.hear_ahead(self._activity, self._sound)
        return None

    def finish(self, progress: Progress, cancel: CancelToken) -> Transcript:
        """Recognise what is left, tell the speakers apart and return the whole transcript.

        Raises:
            WorkCancelledError, EngineError.
        """
        progress(0.0, "Transcribing")
        self._activity.end()
        self._take_earlier(over=True)
        begun = self._final
        while self._finals.plan(self._activity, over=True):
            cancel.check()
            done = self._finals.work(self._sound, wait=True)
            if done is not None:
                self._made_final(done)
            progress(_share(begun, self._final, self._sound.end), "Transcribing")
        cancel.check()
        progress(0.95, "Telling the speakers apart")
        utterances = tuple(to_utterances(self._voices.phrases, self._labels(self._voices.label)))
        progress(1.0, "Transcribed")
        notices = [*self._recogniser.notices, *self._left_out, *self._notices]
        if self._label_speakers and self._voices.phrases and not self._voices.told_apart:
            notices.append(_SPEAKERS_UNKNOWN)
        duration = max(self._sound.end, self._final)
        return Transcript(duration, self._language.code, self._recogniser.name, utterances, tuple(notices))

    def _hypothesis(self) -> Hypothesis:
        start = self._hypotheses.region
        piece = self._sound.cut(self._activity.now - 10.0 if start is None else start, self._activity.now)
        language = self._language.guess(piece)
        return self._hypotheses.run(self._sound, self._activity, language)

    def _made_final(self, done: FinalWindow) -> WindowFinal:
        begin, end = done.window.start, done.window.end
        ordered = in_order(done.words, end, self._latest[-1].end if self._latest else 0.0)
        phrases = to_phrases(ordered, done.activity)
        self._voices.add(phrases, self._sound)
        self._latest = [*self._latest[-100:], *ordered]
        self._left_out.extend(done.left_out)
        corrections = self._hypotheses.finalise(end, ordered)
        self._final = end
        since, utterances = self._shown.update(self._voices.phrases, self._labels(self._voices.suggest), end)
        self._forget()
        window = HeardWindow(begin, end, tuple(ordered), done.left_out)
        state = {
            **self._voices.state(len(phrases)),
            "language": self._language.state(),
            "speaking": done.speaking,
        }
        return WindowFinal(window, FinalText(min(since, begin), end, utterances, corrections), state)

    def _labels(self, label: Callable[[], list[Speaker]]) -> list[Speaker]:
        return label() if self._label_speakers else [Speaker.UNKNOWN] * len(self._voices.phrases)

    def _take_earlier(self, *, over: bool) -> None:
        """Take over the phrases of earlier windows, hearing voices again where only the words are known."""
        while self._earlier:
            window, state = self._earlier[0].window, self._earlier[0].state
            if state is not None:
                self._restore(window, state)
            elif self._sound.start > window.start:
                self._add_without_sound(window)
            elif over or self._activity.now >= window.end + _AROUND:
                self._voices.add(to_phrases(window.words, self._activity.view()), self._sound)
            else:
                return
            self._latest = [*self._latest[-100:], *window.words]
            self._earlier.pop(0)
            if not self._earlier:
                phrases = self._voices.phrases
                self._shown.update(phrases, self._labels(self._voices.suggest), self._final)

    def _restore(self, window: HeardWindow, state: Mapping[str, object]) -> None:
        try:
            self._voices.restore(window.words, state)
        except (ValueError, TypeError):
            if _VOICES_LOST not in self._notices:
                self._notices.append(_VOICES_LOST)
            self._add_without_sound(window)

    def _add_without_sound(self, window: HeardWindow) -> None:
        first = int(window.start / SECONDS_PER_FRAME)
        frames = int(window.end / SECONDS_PER_FRAME) + 1 - first
        voice = VoiceActivity(np.ones(max(0, frames), np.float32), (), first)
        self._voices.add_silently(to_phrases(window.words, voice))

    def _forget(self) -> None:
        """Let go of sound and activity that nothing needs any more."""
        spans = self._activity.spans()
        opened = self._activity.opened
        needed = [
            self._activity.now,
            *(t for t in (opened, self._finals.keep_from, self._hypotheses.region) if t is not None),
            *(s.start for s in spans[:1]),
            *(e.window.start for e in self._earlier[:1]),
        ]
        before = min(needed) - _MARGIN
        self._sound.forget(before)
        self._activity.forget(before - _MARGIN)


def _share(begun: float, now: float, end: float) -> float:
    return 0.9 * min(1.0, (now - begun) / (end - begun)) if end > begun else 0.9
