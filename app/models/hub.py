"""The Hugging Face hub as a source: plain HTTPS, resumable, with a short time-out for closed networks."""

import http.client
import os
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from app.domain.errors import ModelDamagedError
from app.domain.work import CancelToken
from app.models.catalogue import ModelEntry, ModelFile
from app.models.digest import git_blob_of, sha256_of
from app.models.source import Delivery, Report, SourceFailedError
from app.models.transport import make_opener, make_request

_BLOCK = 1 << 18
_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIT_ID = re.compile(r"[0-9a-f]{40}")
_COMMIT = _GIT_ID


class _CutError(Exception):
    """The connection broke; what has arrived so far stays."""


@dataclass(frozen=True, slots=True)
class _Published:
    """What the hub says about a file: size in bytes, and its SHA-256 or git object id."""

    size: int
    sha256: str
    git_id: str
    commit: str


class HubSource:
    """Fetches by repository and revision.

    Args:
        endpoint: address of the hub; None takes HF_ENDPOINT or the public one.
        timeout: seconds without any byte after which a connection counts as cut.
        patience: seconds that the very first answer may take, name resolution included.
        attempts: tries without a new byte before a file is given up.
    """

    name = "hub"

    def __init__(
        self, *, endpoint: str | None = None, timeout: float = 5.0, patience: float = 8.0, attempts: int = 3
    ) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        self._patience = patience
        self._attempts = attempts
        self._unreachable = ""
        self._commits: dict[str, str] = {}

    def offers(self, entry: ModelEntry, file: ModelFile) -> bool:  # noqa: ARG002 - part of the protocol
        """Whether the model lies on the hub."""
        return bool(entry.source)

    def fetch(self, entry: ModelEntry, file: ModelFile, partial: Path, report: Report, cancel: CancelToken) -> Delivery:
        """Download one file by HTTP ranges. See `Source.fetch`."""
        if self._unreachable:
            raise SourceFailedError(self._unreachable)
        commit = self._commit(entry, file)
        url = self._url(entry, file, commit)
        published = None if file.pinned else self._published(entry, url)
        size = published.size if published else file.size
        self._download(url, partial, size, report, cancel)
        if published is None:
            return Delivery(file, f"{entry.source}@{commit}")
        origin = f"{entry.source}@{published.commit or commit}"
        return Delivery(_pin(file, published, partial, cancel), origin)

    def _commit(self, entry: ModelEntry, file: ModelFile) -> str:
        """Resolve the revision once for each model, so that all its files are of one commit."""
        known = self._commits.get(entry.id)
        if known is None:
            wanted = entry.revision or "main"
            headers = self._first_contact(entry, self._url(entry, file, wanted))
            found = headers.get("X-Repo-Commit", "")
            known = entry.revision or (found if _COMMIT.fullmatch(found) else wanted)
            self._commits[entry.id] = known
        return known

    def _first_contact(self, entry: ModelEntry, url: str) -> Message:
        """Ask for the headers in a thread, because resolving a name has no time-out of its own."""
        outcome: list[Message | BaseException] = []

        def ask() -> None:
            try:
                outcome.append(self._head(url))
            except BaseException as error:  # noqa: BLE001 - handed to the waiting thread below
                outcome.append(error)

        thread = threading.Thread(target=ask, name="hub-contact", daemon=True)
        thread.start()
        thread.join(self._patience)
        if not outcome:
            self._unreachable = "the hub did not answer"
            raise SourceFailedError(self._unreachable)
        result = outcome[0]
        if isinstance(result, Message):
            return result
        if isinstance(result, urllib.error.HTTPError):
            raise _refusal(entry, result) from result
        if isinstance(result, OSError | http.client.HTTPException):
            self._unreachable = f"the hub is not reachable ({_reason(result)})"
            raise SourceFailedError(self._unreachable) from result
        raise result

    def _published(self, entry: ModelEntry, url: str) -> _Published:
        try:
            headers = self._head(url)
        except urllib.error.HTTPError as error:
            raise _refusal(entry, error) from error
        except (OSError, http.client.HTTPException) as error:
            raise SourceFailedError(f"the hub broke off ({_reason(error)})") from error
        tag = (headers.get("X-Linked-Etag") or headers.get("ETag") or "").removeprefix("W/").strip('"')
        size = headers.get("X-Linked-Size") or headers.get("Content-Length") or "0"
        sha256 = tag if _SHA256.fullmatch(tag) else ""
        git_id = tag if _GIT_ID.fullmatch(tag) else ""
        if not (sha256 or git_id) or not size.isdecimal():
            raise SourceFailedError("the hub publishes no digest for this file, so it cannot be trusted")
        return _Published(int(size), sha256, git_id, headers.get("X-Repo-Commit", ""))

    def _head(self, url: str) -> Message:
        """Headers of the hub's own answer, before it points to a content server."""
        token = _token()
        request = make_request(url, token, method="HEAD")
        try:
            with make_opener(token, follow_away=False).open(request, timeout=self._timeout) as response:
                headers: Message = response.headers
                return headers
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in (301, 302, 303, 307, 308):
                return error.headers
            raise

    def _download(self, url: str, partial: Path, size: int, report: Report, cancel: CancelToken) -> None:
        failures, reason = 0, ""
        while failures < self._attempts:
            cancel.check()
            have = partial.stat().st_size if partial.exists() else 0
            if size and have == size:
                return
            if size and have > size:
                partial.unlink()
                have = 0
            try:
                self._stream(url, partial, have, size, report, cancel)
            except _CutError as error:
                reason = str(error)
            else:
                if not size:
                    return
                reason = "the answer ended too early"
            grown = partial.exists() and partial.stat().st_size > have
            failures = 0 if grown else failures + 1
            _pause(0.5 * failures, cancel)
        raise SourceFailedError(f"the hub broke off ({reason})")

    def _stream(self, url: str, partial: Path, have: int, size: int, report: Report, cancel: CancelToken) -> None:
        token = _token()
        request = make_request(url, token, start=have)
        with _network(), make_opener(token).open(request, timeout=self._timeout) as response:
            start = have if have and _continues(response, have) else 0
            with partial.open("ab" if start else "wb") as target:
                done = start
                while block := _read(response):
                    cancel.check()
                    done += len(block)
                    if size and done > size:
                        raise ModelDamagedError(f"The hub sent more bytes for {partial.stem} than the file has.")
                    _write(target.write, block)
                    report(done)

    def _url(self, entry: ModelEntry, file: ModelFile, revision: str) -> str:
        from huggingface_hub import constants, hf_hub_url

        if constants.HF_HUB_OFFLINE:
            self._unreachable = "the hub is switched off by HF_HUB_OFFLINE"
            raise SourceFailedError(self._unreachable)
        return hf_hub_url(entry.source, file.name, revision=revision, endpoint=self._endpoint)


class _DiskError(Exception):
    """Carries a disk's refusal past the handlers of network errors."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


@contextmanager
def _network() -> Iterator[None]:
    """Tell a broken connection, an answer of the server and a refusal of the disk apart."""
    try:
        yield
    except _DiskError as error:
        raise error.error from None
    except urllib.error.HTTPError as error:
        error.close()
        if error.code in (408, 416, 425, 429, 500, 502, 503, 504):
            raise _CutError(f"the server said {error.code}") from error
        raise SourceFailedError(f"the hub refused the file ({error.code})") from error
    except (urllib.error.URLError, TimeoutError, ConnectionError, http.client.HTTPException) as error:
        raise _CutError(_reason(error)) from error


def _read(response: http.client.HTTPResponse) -> bytes:
    try:
        return response.read1(_BLOCK)
    except (OSError, http.client.HTTPException) as error:
        raise _CutError(_reason(error)) from error


def _write(write: Callable[[bytes], int], block: bytes) -> None:
    try:
        write(block)
    except OSError as error:
        raise _DiskError(error) from error


def _continues(response: http.client.HTTPResponse, have: int) -> bool:
    """Whether the server honoured the range; one that did not sends the file from its start."""
    return response.status == 206 and str(response.headers.get("Content-Range", "")).startswith(f"bytes {have}-")


def _pin(file: ModelFile, published: _Published, partial: Path, cancel: CancelToken) -> ModelFile:
    """Return the file with the digest that the hub published; small files are published by git object id only."""
    if published.sha256:
        return ModelFile(file.name, published.size, published.sha256)
    if git_blob_of(partial, cancel) != published.git_id:
        partial.unlink()
        raise ModelDamagedError(f"{file.name} differs from the digest that the hub publishes.")
    return ModelFile(file.name, published.size, sha256_of(partial, cancel))


def _refusal(entry: ModelEntry, error: urllib.error.HTTPError) -> SourceFailedError:
    if error.code in (401, 403) and entry.gated:
        return SourceFailedError(
            f"the hub refused {entry.source} ({error.code}): accept its licence there and set HF_TOKEN"
        )
    return SourceFailedError(f"the hub refused {entry.source} ({error.code})")


def _reason(error: BaseException) -> str:
    inner = getattr(error, "reason", None) or error
    return str(getattr(inner, "strerror", None) or inner or type(error).__name__).split("\n", maxsplit=1)[0][:120]


def _pause(seconds: float, cancel: CancelToken) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        cancel.check()
        time.sleep(0.05)


def _token() -> str | None:
    return os.environ.get("HF_TOKEN") or None
