"""Stand-ins at the two edges of the models room: a hub on loopback, and a `pip download` that makes small wheels."""

import contextlib
import hashlib
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from app.models.catalogue import CarrierPart, Catalogue, ModelEntry, ModelFile

REPOSITORY = "publisher/model"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def git_id(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def small_entry(files, *, model_id="small", pinned=True, parts=None, source=REPOSITORY, **more):
    """A model of a few bytes; `parts` maps a file name to (package, bytes) pairs."""
    made = tuple(
        ModelFile(
            name,
            len(data) if pinned else 0,
            sha256(data) if pinned else "",
            tuple(
                CarrierPart(package, "1.0", f"inner/{name}", len(piece), sha256(piece))
                for package, piece in (parts or {}).get(name, ())
            ),
        )
        for name, data in files.items()
    )
    return ModelEntry(model_id, "speech", "ctranslate2", 100, "MIT", source, "", made, **more)


def small_catalogue(*entries):
    return Catalogue(tuple(entries))


@dataclass
class Hub:
    """Serves `files` under the hub's addresses; the other fields make it misbehave."""

    files: dict
    cuts: list = field(default_factory=list)
    ignore_range: bool = False
    status: int = 200
    stall: float = 0.0
    lie: bool = False
    small_names: tuple = ()
    no_digest: bool = False
    redirect_to: str = ""
    requests: list = field(default_factory=list)
    endpoint: str = ""

    def asked(self, method):
        return [row for row in self.requests if row[0] == method]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"

    def do_HEAD(self):
        self._answer(body=False)

    def do_GET(self):
        self._answer(body=True)

    def log_message(self, *_arguments):
        pass

    def _answer(self, *, body):
        hub = self.server.hub
        wanted = self.headers.get("Range")
        hub.requests.append((self.command, self.path, wanted, self.headers.get("Authorization")))
        if hub.stall:
            time.sleep(hub.stall)
        name = self.path.rsplit("/", 1)[-1]
        if hub.status != 200 or name not in hub.files:
            self.send_error(hub.status if hub.status != 200 else 404)
            return
        if hub.redirect_to:
            self.send_response(302)
            self.send_header("Location", f"{hub.redirect_to}{self.path}")
            self._metadata(hub, name)
            self.end_headers()
            return
        self._content(hub, name, wanted, body=body)

    def _content(self, hub, name, wanted, *, body):
        data = hub.files[name]
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and not hub.ignore_range else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - start))
        self._metadata(hub, name)
        self.end_headers()
        if not body:
            return
        sent = bytes(len(data)) if hub.lie else data
        rest = sent[start:]
        if hub.cuts:
            rest = rest[: hub.cuts.pop(0)]
        with contextlib.suppress(OSError):
            self.wfile.write(rest)

    def _metadata(self, hub, name):
        if hub.no_digest:
            return
        data = hub.files[name]
        tag = git_id(data) if name in hub.small_names else sha256(data)
        self.send_header("X-Linked-Etag", f'"{tag}"')
        self.send_header("X-Linked-Size", str(len(data)))
        self.send_header("X-Repo-Commit", COMMIT)


@contextlib.contextmanager
def serving(hub):
    """Serve on a free loopback port and fill in `hub.endpoint`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.hub = hub
    server.daemon_threads = False
    hub.endpoint = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def closed_port():
    """An address on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


PIP = """
import json, sys, time, zipfile
from pathlib import Path
plan = json.loads(Path({plan!r}).read_text())
target, wanted = Path(sys.argv[sys.argv.index("--dest") + 1]), sys.argv[-1]
package = wanted.split("==")[0]
with open({log!r}, "a") as log:
    log.write(package + "\\n")
rows = plan.get(package)
if isinstance(rows, str):
    sys.stderr.write(rows + "\\n")
    sys.exit(1)
if rows is None:
    sys.stderr.write("WARNING: Location is ignored\\nERROR: No matching distribution found for " + wanted + "\\n")
    sys.exit(1)
time.sleep(plan.get("delay", 0))
target.mkdir(parents=True)
with zipfile.ZipFile(target / (package + "-1.0-py3-none-any.whl"), "w", zipfile.ZIP_DEFLATED) as wheel:
    for name, text in rows.items():
        wheel.writestr(name, bytes.fromhex(text))
"""


class FakePip:
    """A command that behaves like `pip download`: `wheels` maps package -> {inner path: bytes} or an error text."""

    def __init__(self, folder, wheels, delay=0):
        import json

        folder.mkdir(parents=True, exist_ok=True)
        self.log = folder / "pip.log"
        plan = folder / "plan.json"
        rows = {
            package: content if isinstance(content, str) else {name: data.hex() for name, data in content.items()}
            for package, content in wheels.items()
        }
        plan.write_text(json.dumps({**rows, "delay": delay}))
        script = folder / "pip.py"
        script.write_text(PIP.format(plan=str(plan), log=str(self.log)))
        self.command = (sys.executable, str(script))

    @property
    def downloads(self):
        return self.log.read_text().split() if self.log.exists() else []
