"""llama.cpp in this process, through `xllamacpp`: GGUF models, grammars, a prefix cache."""

import contextlib
import ctypes
import os
import queue
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, Protocol

from app.domain.errors import EngineError, MachineError, ModelMissingError
from app.domain.work import CancelToken
from app.drafting.engines.language_model import Generation, Prompt, share
from app.drafting.engines.llama_build import load_xllamacpp
from app.spawning import scratch_folder

BATCH_TOKENS = 128
"""Tokens read between two progress reports, and so between two chances to stop: about two seconds on two cores."""

POLL_SECONDS = 0.02
LONGEST_SOCKET_PATH = 100

Event = dict[str, Any]


class _Server(Protocol):
    """The part of `xllamacpp.Server` that is used; it ships no types."""

    listening_address: str

    def handle_chat_completions(self, request: Event, receive: Callable[[Event], bool]) -> object: ...


class LlamaCppModel:
    """A GGUF model, read and run inside this process."""

    def __init__(self, file: Path, *, threads: int = 0, context_tokens: int = 8192) -> None:
        """Load `file`. Raises `ModelMissingError` or `EngineError`."""
        if not file.is_file():
            raise ModelMissingError(f"The model file {file.name} is missing.", "Run: anamnesis models verify")
        self._name = file.stem
        self._context_tokens = context_tokens
        self._worker: threading.Thread | None = None
        self._stop = threading.Event()
        self._server: _Server | None = _start_server(file, threads or os.cpu_count() or 1, context_tokens)

    @property
    def name(self) -> str:
        """The model file's name without its ending."""
        return self._name

    @property
    def context_tokens(self) -> int:
        """Tokens that prompt and answer may have together."""
        return self._context_tokens

    @property
    def obeys_grammar(self) -> bool:
        """Sampling is masked by the grammar."""
        return True

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the whole prompt: the reading is begun and stopped at its first report, which names the total."""
        with contextlib.closing(self._events(_request(prompt, max_tokens=1), None)) as events:
            for event in events:
                if "prompt_progress" in event:
                    return int(event["prompt_progress"]["total"])
        raise EngineError("The language model did not read its prompt.", "Restart the program.")

    def generate(self, asked: Generation) -> str:
        """Answer the prompt; see `LanguageModel.generate`."""
        request = _request(asked.prompt, max_tokens=asked.max_tokens)
        if asked.grammar is not None:
            request["grammar"] = asked.grammar
        pieces: list[str] = []
        for event in self._events(request, asked.cancel):
            if "prompt_progress" in event:
                asked.tell_read(int(event["prompt_progress"]["processed"]), int(event["prompt_progress"]["total"]))
            piece = "".join(choice.get("delta", {}).get("content") or "" for choice in event.get("choices", ()))
            if piece:
                pieces.append(piece)
                asked.tell_written(piece)
        return "".join(pieces)

    def score(self, prompt: Prompt, answers: tuple[str, ...], *, cancel: CancelToken | None = None) -> dict[str, float]:
        """Share of each answer as the first word of the reply; see `LanguageModel.score`."""
        request = _request(prompt, max_tokens=1) | {"logprobs": True, "top_logprobs": 40}
        found: list[tuple[str, float]] = []
        for event in self._events(request, cancel):
            for choice in event.get("choices", ()):
                for token in (choice.get("logprobs") or {}).get("content") or ():
                    found.extend((str(top["token"]), float(top["logprob"])) for top in token["top_logprobs"])
        return share(found, answers)

    def close(self) -> None:
        """Stop the running request and free the model."""
        self._join()
        self._server = None

    def _events(self, request: Event, cancel: CancelToken | None) -> Generator[Event, None, None]:
        """Yield the server's events. The request runs in a thread, so that cancelling need not wait for a batch."""
        self._join(cancel)
        if self._server is None:
            raise EngineError("The language model is closed.", "Load it again.")
        server, stop = self._server, threading.Event()
        events: queue.SimpleQueue[Event | Exception | None] = queue.SimpleQueue()

        def receive(event: Event) -> bool:
            events.put(event)
            return stop.is_set()

        def work() -> None:
            try:
                server.handle_chat_completions(request, receive)
            except Exception as error:  # noqa: BLE001 - carried to the caller's thread, raised there
                events.put(error)
            events.put(None)

        self._stop, self._worker = stop, threading.Thread(target=work, name="llama.cpp", daemon=True)
        self._worker.start()
        try:
            yield from _until_none(events, cancel)
        finally:
            stop.set()

    def _join(self, cancel: CancelToken | None = None) -> None:
        """Wait until a request that was left early has come to its next report and ended."""
        self._stop.set()
        while self._worker is not None:
            self._worker.join(POLL_SECONDS)
            if not self._worker.is_alive():
                self._worker = None
            elif cancel is not None:
                cancel.check()


def _until_none(events: "queue.SimpleQueue[Event | Exception | None]", cancel: CancelToken | None) -> Iterator[Event]:
    while True:
        if cancel is not None:
            cancel.check()
        try:
            event = events.get(timeout=POLL_SECONDS)
        except queue.Empty:
            continue
        if event is None:
            return
        if isinstance(event, Exception):
            raise EngineError(
                "The language model failed.", "Try again; if it stays so, run: anamnesis doctor"
            ) from event
        if "error" in event or "code" in event:
            raise _refusal(event)
        yield event


def _refusal(event: Event) -> EngineError:
    """The server's error as a declared one; its message may quote the prompt and is left out."""
    error = event["error"] if isinstance(event.get("error"), dict) else event
    if error.get("type") == "exceed_context_size_error":
        return EngineError("The text is too long for the language model's context.", "Use a model with more context.")
    return EngineError(
        f"The language model refused the request ({error.get('code', 'no code')}).", "Restart the program."
    )


def _request(prompt: Prompt, *, max_tokens: int) -> Event:
    return {
        "messages": [{"role": "system", "content": prompt.system}, {"role": "user", "content": prompt.user}],
        "max_tokens": max_tokens,
        "temperature": 0.0,
        "stream": True,
        "return_progress": True,
        "cache_prompt": True,
        "chat_template_kwargs": {"enable_thinking": False},
    }


def _start_server(file: Path, threads: int, context_tokens: int) -> _Server:
    """Load the model. The server that llama.cpp insists on listens on a Unix socket only, which is removed at once."""
    # Threads that spin while they wait are eight times slower as soon as another program wants the processor.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    xllamacpp = load_xllamacpp()
    folder = scratch_folder()
    try:
        with _short_path(folder) as short, _signals_kept():
            path = short / "llama.sock"
            server: _Server = xllamacpp.Server(_parameters(file, path, threads, context_tokens))
            if not str(server.listening_address).startswith("unix:"):
                raise EngineError("The language model opened a network port.", "Report this; it must not happen.")
            _close_listener(path)
    except (RuntimeError, OSError) as error:
        raise EngineError(
            f"The language model {file.name} cannot be loaded.", "Run: anamnesis models verify; check the free memory."
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return server


@contextlib.contextmanager
def _short_path(folder: Path) -> Iterator[Path]:
    """Another path of a folder whose own is too long for the address of a socket (Linux: through its descriptor)."""
    if len(os.fsencode(folder / "llama.sock")) <= LONGEST_SOCKET_PATH:
        yield folder
        return
    if not Path("/proc/self/fd").is_dir():
        raise MachineError("The path of the temporary folder is too long.", "Set TMPDIR to a shorter path.")
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def _parameters(file: Path, path: Path, threads: int, context_tokens: int) -> object:
    xllamacpp = load_xllamacpp()
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(file)
    parameters.hostnames = [str(path)]
    parameters.offline = True
    parameters.ui = False
    parameters.endpoint_slots = False
    parameters.verbosity = -1  # nothing on stderr
    parameters.warmup = False
    parameters.n_ctx = context_tokens
    parameters.n_parallel = 1
    parameters.n_batch = parameters.n_ubatch = BATCH_TOKENS
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.cache_type_k = parameters.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F16
    parameters.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_ENABLED
    parameters.cache_ram_mib = 0  # one visit at a time: no second copy of its cache in memory
    parameters.n_ctx_checkpoints = 0
    parameters.fit_params = False
    return parameters


def _close_listener(path: Path) -> None:
    """Shut the listening socket down where the system lets us find it; elsewhere removing its file must do."""
    import psutil

    try:
        listeners = [c.fd for c in psutil.Process().net_connections(kind="unix") if c.laddr == str(path)]
    except (psutil.Error, NotImplementedError, OSError):
        return
    for descriptor in listeners:
        with socket.socket(fileno=os.dup(descriptor)) as listener, contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
            _wait_until_closed(descriptor, os.fstat(listener.fileno()).st_ino)


def _wait_until_closed(descriptor: int, inode: int) -> None:
    """The server's own thread closes the socket as soon as it has woken up."""
    for _ in range(100):
        try:
            if os.fstat(descriptor).st_ino != inode:
                return
        except OSError:
            return
        time.sleep(POLL_SECONDS / 2)


@contextlib.contextmanager
def _signals_kept() -> Iterator[None]:
    """Put back the handlers of SIGINT and SIGTERM, which loading replaces; unlike `signal`, from any thread."""
    get, put = ctypes.pythonapi.PyOS_getsig, ctypes.pythonapi.PyOS_setsig
    get.restype = put.restype = ctypes.c_void_p
    get.argtypes, put.argtypes = [ctypes.c_int], [ctypes.c_int, ctypes.c_void_p]
    kept = [(number, get(number)) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for number, handler in kept:
            put(number, handler)
