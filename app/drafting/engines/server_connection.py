"""HTTP to the one server that the policy names: its events as they come, bounded in time and size, cancellable."""

import asyncio
import contextlib
import enum
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any

import httpx2

from app.domain.errors import WorkCancelledError
from app.domain.work import CancelToken
from app.drafting.engines.server_errors import (
    ASK_IT,
    CHECK_POLICY,
    ServerError,
    broke_off,
    from_status,
    no_answer,
    unusable,
)
from app.drafting.engines.server_trust import api_key, tls_context, trust_failure
from app.server_policy import LanguageServer

Event = dict[str, Any]


class Sign(enum.Enum):
    """What an event shows of the server: nothing, that it reads the question or thinks, that it writes the answer."""

    NOTHING = enum.auto()
    WORKING = enum.auto()
    WRITING = enum.auto()


Receive = Callable[[Event], Sign]

POLL_SECONDS = 0.02
CLOSING_SECONDS = 0.05
"""How long a cancelled connection may take to close before it is left behind."""

LARGEST_EVENT = 256 * 1024
LARGEST_START = 256 * 1024
BYTES_PER_TOKEN = 8 * 1024
"""One token's event has a few hundred bytes, with probabilities a few thousand."""

for _name in ("httpx2", "httpcore2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL + 1)  # they would write addresses and headers


class ServerConnection:
    """Asks the server of a policy, one question at a time. Every question has a connection of its own."""

    def __init__(self, server: LanguageServer) -> None:
        """Read certificates and key. Raises `ServerError`; nothing is contacted yet."""
        self._server = server
        self._tls = tls_context(server)
        self._key = api_key(server)

    def ask(self, body: Event, receive: Receive, *, max_tokens: int, cancel: CancelToken | None = None) -> None:
        """Post a question to `chat/completions`, hand each event to `receive` until the answer is complete.

        `receive` returns what the event shows of the server's work.

        Raises:
            WorkCancelledError: within 200 ms after `cancel` was set; the connection is closed.
            ServerError: anything else that went wrong.
        """
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(_unless_cancelled(self._ask(body, receive, max_tokens), cancel))
        finally:
            # unlike asyncio.run this does not wait for a thread that resolves a name, which nothing can stop
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()

    async def _ask(self, body: Event, receive: Receive, max_tokens: int) -> None:
        server = self._server
        whole, wait = asyncio.timeout(server.total_seconds), _Wait(server)
        begun = False
        opened: list[Any] = []

        async def trace(name: str, info: Event) -> None:
            if name == "connection.connect_tcp.complete":
                opened.append(info["return_value"])

        address = f"{server.url.rstrip('/')}/chat/completions"
        try:
            async with (
                whole,
                wait.timeout,
                self._client(LARGEST_START + BYTES_PER_TOKEN * max_tokens) as client,
                client.stream("POST", address, json=body, extensions={"trace": trace}) as response,
            ):
                _check_head(response)
                begun = True
                await _read(response, receive, wait)
        except TimeoutError:
            if whole.expired():
                raise ServerError(f"took longer than {server.total_seconds} seconds", ASK_IT) from None
            raise wait.failure() from None
        except httpx2.SSEError:
            raise unusable("an event is too large or no event") from None
        except (httpx2.HTTPError, OSError) as error:  # TLS that fails after its handshake comes as an OSError
            raise broke_off() if begun else self._failure(error) from None
        finally:
            for stream in opened:  # the library leaves one open that is cancelled in the middle of a TLS handshake
                await stream.aclose()

    def _client(self, largest: int) -> httpx2.AsyncClient:
        server = self._server
        transport = httpx2.AsyncHTTPTransport(
            verify=self._tls,
            trust_env=False,
            limits=httpx2.Limits(max_connections=1, max_keepalive_connections=0),
            proxy=server.proxy or None,
        )
        headers = {"Accept": "text/event-stream", "Accept-Encoding": "identity", "Connection": "close"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return httpx2.AsyncClient(
            transport=OnlyThisServer(transport, httpx2.URL(server.url), largest),
            headers=headers,
            timeout=httpx2.Timeout(None, connect=server.connect_seconds, pool=server.connect_seconds),
            follow_redirects=False,
            trust_env=False,  # no proxy, certificates or passwords from a user's environment
        )

    def _failure(self, error: httpx2.HTTPError | OSError) -> ServerError:
        """The library's error as a declared one."""
        if (untrusted := trust_failure(error)) is not None:
            return untrusted
        if isinstance(error, httpx2.TimeoutException):
            return no_answer(self._server.connect_seconds)
        if isinstance(error, httpx2.ProxyError):
            return ServerError("cannot be reached through the proxy that the policy names", CHECK_POLICY)
        if isinstance(error, httpx2.ConnectError):
            return ServerError("cannot be reached", ASK_IT, passing=True)
        if isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError | OSError):
            return ServerError("closed the connection without an answer", ASK_IT, passing=True)
        return unusable("no HTTP")


class _Wait:
    """How long the server may be silent: for the first token, and between two; wound by every sign of work."""

    def __init__(self, server: LanguageServer) -> None:
        self._server = server
        self._writes = False
        self.timeout = asyncio.timeout(2 * server.connect_seconds + server.first_token_seconds)

    def wind(self, sign: Sign) -> None:
        """The server has shown a sign of work."""
        if sign is Sign.NOTHING:
            return
        self._writes = self._writes or sign is Sign.WRITING
        rest = self._server.between_tokens_seconds if self._writes else self._server.first_token_seconds
        self.timeout.reschedule(asyncio.get_running_loop().time() + rest)

    def failure(self) -> ServerError:
        """What to say once it was silent for too long."""
        if self._writes:
            return ServerError(f"wrote nothing more for {self._server.between_tokens_seconds} seconds", ASK_IT)
        return no_answer(self._server.first_token_seconds)


class OnlyThisServer(httpx2.AsyncBaseTransport):
    """Lets requests pass to one scheme, host and port, and no more than so many bytes back."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, address: httpx2.URL, largest: int) -> None:
        self._inner = inner
        self._address = _origin(address)
        self._largest = largest

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request if it is for the server that the policy names."""
        if _origin(request.url) != self._address:
            raise ServerError("is not the address that was asked for; nothing was sent", CHECK_POLICY)
        response = await self._inner.handle_async_request(request)
        stream = _Bounded(response.stream, self._largest)
        return httpx2.Response(
            response.status_code, headers=response.headers, stream=stream, extensions=response.extensions
        )

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, inner: Any, largest: int) -> None:  # noqa: ANN401 - the library's union of two stream types
        self._inner = inner
        self._left = largest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._inner:
            self._left -= len(piece)
            if self._left < 0:
                raise unusable("it is far too long")
            yield piece

    async def aclose(self) -> None:
        await self._inner.aclose()


async def _read(response: httpx2.Response, receive: Receive, wait: _Wait) -> None:
    """Hand on the events. An end without `[DONE]` or a reason is none."""
    complete = False
    async for event in httpx2.EventSource(response, max_event_size=LARGEST_EVENT):
        if event.data.strip() == "[DONE]":
            return
        if not event.data.strip():
            continue
        chunk = _chunk(event.data)
        complete = complete or _is_last(chunk)
        wait.wind(receive(chunk))
    if not complete:
        raise broke_off()


async def _unless_cancelled(work: Coroutine[Any, Any, None], cancel: CancelToken | None) -> None:
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=POLL_SECONDS)
            if cancel is not None and cancel.cancelled:
                raise WorkCancelledError
    finally:
        if not task.done():
            task.cancel()
            await _settled(task)
    await task


async def _settled(task: Awaitable[None]) -> None:
    """Give a cancelled task the moment it needs to close its connection."""
    with contextlib.suppress(Exception, asyncio.CancelledError):
        await asyncio.wait_for(task, CLOSING_SECONDS)


def _origin(url: httpx2.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _check_head(response: httpx2.Response) -> None:
    """Refuse all but a plain stream of events; the body of an error is not even read."""
    if response.status_code != 200:
        raise from_status(response.status_code)
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise unusable("it is compressed")
    if response.headers.get("content-type", "").partition(";")[0].strip().lower() != "text/event-stream":
        raise unusable("no stream of events")


def _chunk(text: str) -> Event:
    try:
        chunk = json.loads(text)
    except (ValueError, RecursionError):
        raise unusable("no JSON") from None
    if not isinstance(chunk, dict):
        raise unusable("no JSON object")
    if chunk.get("error"):
        raise ServerError("reported a failure while it answered", ASK_IT, passing=True)
    return chunk


def _is_last(chunk: Event) -> bool:
    choices = chunk.get("choices")
    return isinstance(choices, list) and any(isinstance(c, dict) and c.get("finish_reason") for c in choices)
