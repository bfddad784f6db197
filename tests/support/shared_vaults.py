"""Two machines that share a vault, in one process: two folders, and a relay on an embedded database or a server."""

from contextlib import ExitStack

from vault_samples import signed_in

from app.vault.embedded import EmbeddedDatabase
from app.vault.server.exchange import Exchange
from app.vault.server.link import Target, make_link, new_row_key, read_link, vault_tag
from app.vault.server.relay import Relay

TARGET = Target("localhost", 5432, "clinic", "clinic", "secret")


class Machine:
    """A vault's folder with its link; `session` is open after `sign_in`."""

    def __init__(self, folder, relay, row_key, name, target=TARGET):
        self.folder = folder
        self.relay = relay
        self.row_key = row_key
        self.name = name
        self._stack = ExitStack()
        with signed_in(folder) as session, session._vault.database.transaction() as connection:
            make_link(connection, target, row_key, name)

    def sign_in(self, user="anna"):
        self.sign_out()
        self.session = self._stack.enter_context(signed_in(self.folder, user))
        self.exchange = Exchange(
            self.session._vault, self.session._keys, self.session._recordings, self.relay, self.row_key
        )
        return self

    def sign_out(self):
        self._stack.close()
        self._stack = ExitStack()

    def sync(self):
        return self.exchange.run()

    @property
    def store(self):
        return self.session.encounters

    def id(self):
        with self.session._vault.database.transaction() as connection:
            return read_link(connection).machine_id


class SharedVault:
    """Machines `a` and `b` of one vault."""

    def __init__(self, template, tmp_path, relay_database=None):
        self.relay_database = relay_database or EmbeddedDatabase(tmp_path / "relay.db", b"r" * 32)
        self.row_key = new_row_key()
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        folders = template.copy(tmp_path / "a"), template.copy(tmp_path / "b")
        with signed_in(folders[0]) as session:
            vault_id = session._vault.vault_id
        self.relay = Relay(self.relay_database, vault_tag(self.row_key, vault_id))
        self.relay.prepare()
        self.a, self.b = (
            Machine(folder, self.relay, self.row_key, name) for folder, name in zip(folders, "ab", strict=True)
        )

    def settle(self):
        """Exchange until nothing moves any more."""
        for _ in range(6):
            done = [machine.sync() for machine in (self.a, self.b)]
            if not any(d.received or d.sent for d in done):
                return
        raise AssertionError("the two machines never come to rest")

    def close(self):
        for machine in (self.a, self.b):
            machine.sign_out()
        self.relay_database.close()
