"""llama.cpp's own OpenAI server on loopback, as a process: `python llama_server.py MODEL.gguf`."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit


def main(file: str) -> None:
    """Serve until stdin ends; the address is printed first."""
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = file
    parameters.hostnames = ["127.0.0.1"]
    parameters.offline = True
    parameters.verbosity = -1
    parameters.warmup = False
    parameters.n_ctx = 4096
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = os.cpu_count() or 1
    parameters.n_parallel = 1
    parameters.n_batch = parameters.n_ubatch = 128
    server = xllamacpp.Server(parameters)
    print(server.listening_address, flush=True)
    sys.stdin.read()


@contextlib.contextmanager
def llama_server(file: Path) -> Iterator[int]:
    """The port of a server with this model, for the length of a block."""
    environment = {**os.environ, "OMP_WAIT_POLICY": "passive"}  # spinning threads starve on a busy machine
    process = subprocess.Popen(
        [sys.executable, __file__, str(file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        yield urlsplit(address if "//" in address else f"http://{address}").port or 0
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    main(sys.argv[1])
