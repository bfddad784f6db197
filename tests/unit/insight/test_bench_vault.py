"""The benchmark of the vault runs whole on a small vault and leaves nothing behind."""

import tempfile

from app.domain.work import CancelToken
from app.insight import bench_vault as bench
from app.insight.aims import AIMS


def test_small_vault_gives_every_figure(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    shares = []
    figures = bench.bench_vault(20, progress=lambda share, _phrase: shares.append(share), cancel=CancelToken())
    assert figures["encounters"] == 20
    assert figures["aims"].keys() == AIMS["vault"].keys()
    assert all(verdict["met"] is not None for verdict in figures["aims"].values())
    assert set(figures["plain"]) == {"list", "search", "argon2id", "synced_write"}
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert list(tmp_path.iterdir()) == []
