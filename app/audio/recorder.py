"""Records a visit: a microphone's sound, sealed as it comes, whatever happens to the microphone.

Threads: one listens and decides what belongs to the recording, one seals, one tells the watcher, one looks for
devices. A slow disk, watcher or device list therefore never keeps sound from being taken.
"""

import logging
import threading
from collections.abc import Callable

from app.audio.alarm_board import AlarmBoard
from app.audio.capture import open_capture
from app.audio.device_presence import DevicePresence
from app.audio.event_line import EventLine
from app.audio.input_devices import input_devices
from app.audio.levels import Loudness
from app.audio.microphone_choice import MicrophoneChoice
from app.audio.mixing import fit_pcm
from app.audio.sealing import Sealer
from app.audio.sound_source import DeviceGoneError, Piece, SoundSource, SourceOpener
from app.audio.steady_clock import steady
from app.audio.succession import Lister, Succession
from app.audio.timeline import Command, Timeline
from app.domain.errors import ConflictError
from app.domain.live import Marked, Observer
from app.domain.ports import AudioWriter
from app.domain.recording import Mark, MarkKind

_LOG = logging.getLogger(__name__)

_READ = 0.1  # seconds
_ATTEMPT = 0.3  # seconds between two looks for a device
_UNDERWAY = 0.05  # seconds that sound needs from the ear to its stamp
_FIRST_READS = 20  # of 0.1 s
_DRAIN = 1.0  # seconds that the last sound may take
_GONE = "the microphone was gone"


class Recorder:
    """Usable from any thread; no method blocks for long. `observe` gets events in order, from a thread of its own."""

    def __init__(
        self,
        choice: MicrophoneChoice,
        observe: Observer,
        *,
        source: SourceOpener = open_capture,
        devices: Lister = input_devices,
    ) -> None:
        self._choice = choice
        self._channels = choice.channels
        self._opener = source
        self._devices = devices
        self._events = EventLine(observe)
        self._lock = threading.RLock()
        self._source: SoundSource | None = None
        self._next: tuple[SoundSource, MicrophoneChoice] | None = None
        self._succession: Succession | None = None
        self._timeline: Timeline | None = None
        self._sealer: Sealer | None = None
        self._recorded = 0.0
        self._paused = self._muted = False
        self._end_at: float | None = None
        self._drained = threading.Event()
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._loudness = Loudness(self._channels, self._events.put)
        self._alarms = AlarmBoard(self._events.put)
        self._presence = DevicePresence(devices, lambda: self._source, self._alarms)
        self._missing = ""

    @property
    def choice(self) -> MicrophoneChoice:
        """What was chosen last."""
        return self._choice

    @property
    def device_name(self) -> str:
        """Name of the microphone that is heard now; empty if none is."""
        source = self._source
        return source.name if source is not None else ""

    @property
    def elapsed(self) -> float:
        """Seconds on the recording's time line."""
        with self._lock:
            return self._timeline.position if self._timeline is not None else self._recorded

    @property
    def paused(self) -> bool:
        """Whether the recording is paused."""
        return self._paused

    @property
    def muted(self) -> bool:
        """Whether the clinician's sound is being silenced."""
        return self._muted

    def open(self) -> None:
        """Open the input: levels flow, nothing is kept. Does nothing if it is open.

        Raises `MachineError`: no device, busy, rate refused, PortAudio missing, each with its way out.
        """
        if self._source is not None or self._thread is not None:
            return
        source = self._opener(self._choice)
        source.open()
        self._source = source
        self._presence.start(source.device)
        self._thread = threading.Thread(target=self._run, name="recorder-ears", daemon=True)
        self._events.start()
        self._thread.start()

    def record(self, writer: AudioWriter, on_sealed: Callable[[bytes, float], None], start: float = 0.0) -> None:
        """Keep sound from now on. `on_sealed(pcm, at)` is called once it is on disk; `start` seconds lie there already.

        16 kHz, `choice.channels` channels, 16 bit. Raises `ConflictError` if it records already.
        """
        if self._thread is None:
            self.open()
        with self._lock:
            if self._timeline is not None or self._closing.is_set():
                raise ConflictError("This microphone is recording already, or was closed.", "Start another recording.")
            self._sealer = Sealer(writer, self._channels, start, on_sealed, self._events.put)
            self._timeline = Timeline(self._channels, start, steady(), self._mark)
            if self._source is not None:
                self._source.begin()

    def pause(self) -> None:
        """Drop what is said from now on."""
        self._command(Command.PAUSE, paused=True)

    def resume(self) -> None:
        """Go on after a pause; its length becomes a mark."""
        self._command(Command.RESUME, paused=False)

    def mute(self, on: bool) -> None:
        """Silence the clinician (the first of two channels, else everybody) from now on, or no longer."""
        with self._lock:
            if on != self._muted:
                self._muted = on
                self._tell_timeline(Command.MUTE if on else Command.UNMUTE)

    def bookmark(self) -> Mark:
        """Mark this moment as important."""
        with self._lock:
            at = self._timeline.place_of(steady()) if self._timeline is not None else self._recorded
        mark = Mark(MarkKind.BOOKMARK, at)
        self._mark(mark)
        return mark

    def use(self, choice: MicrophoneChoice) -> None:
        """Hear another microphone; the recording goes on, with as many channels as before.

        The old one is heard until the new one gives sound. Raises `MachineError` if that cannot be opened.
        """
        if self._thread is None:
            self._choice = choice
            return
        current = self._source
        if current is not None and choice == self._choice and self._presence.is_chosen(current):
            return
        source = self._opener(choice)
        try:
            source.open()
        except BaseException:
            source.close()
            raise
        with self._lock:
            replaced, self._next = self._next, (source, choice)
        if replaced is not None:
            replaced[0].close()

    def finish(self) -> float:
        """Seal everything captured until this moment, close the writer, release the microphone.

        Returns the seconds that are saved. What a failing disk did not take is told by a mark and `Stopped`.
        """
        if self._timeline is None or self._sealer is None:
            self.close()
            return self._recorded
        with self._lock:
            if self._end_at is None:
                self._end_at = steady()
                self._timeline.command(Command.END, self._end_at)
        self._drained.wait(_DRAIN + 2 * _READ)
        self._stop_listening()
        with self._lock:
            if not self._timeline.ended:
                self._timeline.gap(self._end_at, _GONE)
        self._recorded = self._sealer.finish()
        self._events.flush()
        self.close()
        return self._recorded

    def abandon(self) -> None:
        """Stop without closing the writer."""
        self._stop_listening()
        if self._sealer is not None:
            self._sealer.abandon()
        self.close()

    def close(self) -> None:
        """Release the microphone and end all threads. A recording that was not finished is abandoned."""
        self._stop_listening()
        if self._sealer is not None and self._end_at is None:
            self._sealer.abandon()
        self._events.close()

    def _command(self, command: Command, *, paused: bool) -> None:
        with self._lock:
            if paused != self._paused:
                self._paused = paused
                self._tell_timeline(command)

    def _tell_timeline(self, command: Command) -> None:
        if self._timeline is not None and self._end_at is None:
            self._timeline.command(command, steady())

    def _mark(self, mark: Mark) -> None:
        self._events.put(Marked(mark))
        if mark.kind is MarkKind.LOSS:
            self._alarms.lost(mark)

    def _stop_listening(self) -> None:
        self._closing.set()
        if self._thread is not None and threading.current_thread() is not self._thread:
            self._thread.join(15.0)
        self._presence.close()
        with self._lock:
            sources = [self._source, self._next[0] if self._next else None]
            self._source = self._next = None
        for source in sources:
            if source is not None:
                source.close()

    def _run(self) -> None:
        """The listening thread."""
        while not self._closing.is_set():
            try:
                self._turn()
            except Exception as error:  # noqa: BLE001 # a bug must not silence the recording; the device is opened anew
                _LOG.error("Listening failed: %s", type(error).__name__)
                if self._source is not None:
                    self._lose(self._source, f"The microphone {self._source.name} failed.")
                self._closing.wait(_ATTEMPT)
            if self._end_at is not None and self._all_heard(self._end_at):
                self._drained.set()
                return

    def _turn(self) -> None:
        self._take_next()
        if self._source is None:
            self._look_for_device()
        else:
            self._listen(self._source)
        self._presence.offer_chosen()
        self._alarms.pass_time()

    def _listen(self, source: SoundSource) -> None:
        try:
            piece = source.read(_READ)
        except DeviceGoneError as error:
            self._lose(source, error.message)
            return
        if piece is not None:
            self._hear(piece, source.channels)
        if source.missing != self._missing:
            self._one_of_two(source, source.missing)
        if self._presence.is_gone(source):
            self._lose(source, f"The microphone {source.name} is gone.")

    def _hear(self, piece: Piece, channels: int) -> None:
        pcm = fit_pcm(piece.pcm, channels, self._channels)
        live = min(channels, self._channels)
        self._loudness.hear(pcm, piece.peak, live, self.elapsed, paused=self._paused)
        with self._lock:
            timeline, sealer = self._timeline, self._sealer
            if timeline is None or sealer is None or sealer.stopped:
                return
            for loss in piece.losses:
                timeline.lost(loss.back, loss.length, piece.start, loss.reason)
            kept = timeline.sound(pcm, piece.start, piece.end)
        if kept:
            sealer.put(kept)

    def _lose(self, source: SoundSource, message: str) -> None:
        """The device is gone; everything it gave has been taken."""
        self._source = None
        self._loudness.reset()
        self._alarms.gone(message)
        self._succession = Succession(self._opener, self._devices, self._choice, source.device)
        source.close()

    def _look_for_device(self) -> None:
        succession = self._succession
        found = succession.attempt() if succession is not None else None
        first = self._first_piece(found) if found is not None else None
        if succession is None or found is None or first is None:
            self._closing.wait(_ATTEMPT)
            return
        self._change_to(found, first, named=not succession.is_same(found.device))

    def _change_to(self, source: SoundSource, first: Piece, *, named: bool) -> None:
        """Hear a source from its first piece on; what lies between is a loss of exactly that length."""
        with self._lock:
            if self._timeline is not None:
                self._timeline.gap(max(first.start, self._timeline.heard_until), _GONE)
                if named and not self._timeline.ended:
                    self._mark(Mark(MarkKind.DEVICE, self._timeline.position, 0.0, source.name))
        self._source, self._succession, self._missing = source, None, ""
        self._presence.heard_anew()
        self._alarms.heard_again(source.name)
        self._hear(first, source.channels)

    def _first_piece(self, source: SoundSource) -> Piece | None:
        """A new source's first piece; without one the source is closed."""
        for _ in range(_FIRST_READS):
            try:
                piece = source.read(_READ)
            except DeviceGoneError:
                break
            if piece is not None:
                return piece
        source.close()
        return None

    def _take_next(self) -> None:
        """Change to the microphone that was handed over: the old one is heard until the new one's first piece."""
        with self._lock:
            handed, self._next = self._next, None
        if handed is None:
            return
        source, choice = handed
        old = self._source
        first = self._first_piece(source)
        if first is None:
            self._alarms.gone(f"The microphone {source.name} gives no sound.")
            if old is not None:
                self._alarms.heard_again(old.name)
            return
        self._choice = choice
        self._presence.choose(source.device)
        if old is not None:
            self._hear_until(old, first.start)
            old.close()
        self._change_to(source, first, named=True)

    def _hear_until(self, source: SoundSource, until: float) -> None:
        for _ in range(10_000):
            try:
                piece = source.read(_READ)
            except DeviceGoneError:
                return
            if piece is None:
                return
            self._hear(piece, source.channels)
            if piece.end >= until:
                return

    def _one_of_two(self, source: SoundSource, missing: str) -> None:
        """One of two microphones is gone, or is there again; the other is heard all the time."""
        self._missing = missing
        self._presence.heard_anew()
        if missing:
            self._alarms.gone(f"The microphone {missing} is gone; the other one is heard.")
        else:
            self._alarms.heard_again(source.name)
        with self._lock:
            if self._timeline is not None and not self._timeline.ended:
                detail = f"without {missing}" if missing else source.name
                self._mark(Mark(MarkKind.DEVICE, self._timeline.position, 0.0, detail))

    def _all_heard(self, until: float) -> bool:
        with self._lock:
            timeline = self._timeline
            return timeline is None or timeline.ended or (self._source is None and steady() > until + _UNDERWAY)
