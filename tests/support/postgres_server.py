"""A PostgreSQL server that lives as long as the tests: loopback, TLS by a throw-away authority, SCRAM, own folder."""

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
from throwaway_authority import Authority

from app.domain.syncing import ServerAddress
from app.vault.server.address import connection_settings

USER = "clinic"
PASSWORD = "loopback only"
_PLACES = ("/usr/lib/postgresql/15/bin", "/usr/lib/postgresql/16/bin", "/usr/lib/postgresql/17/bin")
_UNTIL_WE_END = 'cat >/dev/null; kill -QUIT "$1"'
"""The pipe ends with the process that runs the tests, also after kill -9, and the server with the pipe."""


def _program(name):
    found = next((p for p in (Path(place, name) for place in _PLACES) if p.exists()), None)
    return str(found) if found else shutil.which(name)


class PostgresServer:
    """`start` and `kill` as often as one likes; the data stay."""

    def __init__(self):
        missing = [name for name in ("initdb", "postgres", "pg_dump") if _program(name) is None]
        if missing or os.name != "posix":
            pytest.skip(f"no PostgreSQL on this machine ({', '.join(missing)}; Debian: postgresql-15)")
        self.folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self.authority = Authority(self.folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._as = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            try:
                nobody = pwd.getpwnam("postgres")
            except KeyError:
                nobody = pwd.getpwnam("nobody")
            self._as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._process = None
        self._databases = 0
        self._prepare()
        self.start()

    def _prepare(self):
        certificate, key = self.authority.sign("localhost", "127.0.0.1")
        self.folder.chmod(0o755)
        word = self.folder / "word"
        word.write_text(PASSWORD)
        for path in (certificate, key, word):
            path.chmod(0o600)
            if self._as:
                os.chown(path, self._as["user"], self._as["group"])
        self.data = self.folder / "data"
        subprocess.run(
            [_program("initdb"), "-D", self.data, "-U", USER, "-A", "scram-sha-256", f"--pwfile={word}", "--no-sync",
             "-E", "UTF8", "--locale=C"],
            check=True, capture_output=True, cwd=self.folder, **self._as,
        )  # fmt: skip
        settings = {
            "listen_addresses": "'127.0.0.1'", "port": self.port, "unix_socket_directories": f"'{self.folder}'",
            "ssl": "on", "ssl_cert_file": f"'{certificate}'", "ssl_key_file": f"'{key}'", "fsync": "off",
            "shared_buffers": "'16MB'", "max_connections": 30, "log_statement": "'all'", "jit": "off",
            "autovacuum": "off",
        }  # fmt: skip
        with (self.data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = {value}\n" for name, value in settings.items())
        (self.data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")

    def start(self, *, wait=True):
        self.log = self.folder / "log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [_program("postgres"), "-D", self.data], stdout=log, stderr=log, cwd=self.folder,
                start_new_session=True, **self._as,
            )  # fmt: skip
        self._guard = subprocess.Popen(
            ["sh", "-c", _UNTIL_WE_END, "sh", str(self._process.pid)], stdin=subprocess.PIPE, start_new_session=True,
            **self._as,
        )  # fmt: skip
        for _ in range(400 if wait else 0):
            try:
                psycopg.connect(**self.settings("postgres")).close()
            except psycopg.OperationalError as error:
                assert self._process.poll() is None, self.log.read_text()
                last = str(error)
                time.sleep(0.05)
            else:
                return
        if wait:
            self.stop()
            raise AssertionError(last)

    def kill(self):
        """The whole server at once, as a power cut would."""
        self._guard.kill()
        self._guard.wait()
        self._guard.stdin.close()
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def address(self, database, host="127.0.0.1", authority=None):
        return ServerAddress(host, self.port, database, str((authority or self.authority).file))

    def settings(self, database):
        return connection_settings(self.address(database), USER, PASSWORD)

    def sql(self, statement, database="postgres"):
        with psycopg.connect(**self.settings(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else None

    def new_database(self, template="template1"):
        """The name of a new database, a copy of `template`, to which nobody may be connected."""
        self._databases += 1
        name = f"test{self._databases}_{secrets.token_hex(3)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def dump(self, database):
        """All that the server's administrator can read: pg_dump's text, and everything of the server's own files."""
        environment = {**os.environ, "PGPASSWORD": PASSWORD}
        made = subprocess.run(
            [_program("pg_dump"), "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, database],
            check=True, capture_output=True, env=environment,
        )  # fmt: skip
        return made.stdout

    def files(self):
        """The bytes of every file of the server: tables, write-ahead log, log of statements."""
        for path in [self.log, *self.data.rglob("*")]:
            if path.is_file():
                yield path, path.read_bytes()

    def stop(self):
        if self._process.poll() is None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
