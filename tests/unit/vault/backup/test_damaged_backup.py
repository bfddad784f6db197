"""A backup of a real vault, cut or damaged: refused, or restored as far as it goes with everything else marked."""

import pytest
from backup_samples import RATE, SOUND, content, fill, restored
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from vault_samples import Template, signed_in

from app.domain.encounter import Stage, StageState
from app.domain.errors import AnamnesisError, SealBrokenError
from app.domain.records import SoundState
from app.domain.work import CancelToken, no_progress
from app.vault import vault_exists
from app.vault.backup.restoring import check_backup
from app.vault.backup.survey import survey

BLOCKS = len(SOUND) // (RATE // 4 * 2) * (RATE // 4 * 2)


class Made:
    """A backup made once, its parts, and what the vault held."""

    def __init__(self, folder):
        made = Template(folder)
        with signed_in(made.folder) as session:
            self.ids = fill(session)
            self.before = content(session, self.ids)
            self.path = session.records.back_up(folder / "whole.anabackup").path
        self.data = self.path.read_bytes()
        self.parts = {p.name: p for p in survey(self.path, lambda _count: None).parts}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return Made(tmp_path_factory.mktemp("made"))


def damaged(made, tmp_path, data):
    path = tmp_path / "damaged.anabackup"
    path.write_bytes(data)
    return path


def flipped(data, at):
    return data[:at] + bytes((data[at] ^ 64,)) + data[at + 1 :]


def try_restore(made, folder, path):
    """Restore a part; the text must be as it was, and sound never another one: what is missing is told and marked."""
    target = folder / "restored" / "vault"
    target.parent.mkdir(parents=True, exist_ok=True)
    with pytest.raises(SealBrokenError):
        restored(path, target)
    assert not vault_exists(target)
    result = restored(path, target, partial=True)
    lost = dict(result.not_whole)
    with signed_in(target) as session:
        store = session.encounters
        assert session.audit.verify().first_bad is None
        for name, visit in made.ids.items():
            assert [v.note for v in store.versions(visit)] == made.before["notes"][name]
            assert store.transcript(visit) == made.before["words"][name]
            stages = {s.stage: s for s in store.get(visit).stages}
            if visit in lost:
                assert stages[Stage.RECORD].state is StageState.FAILED
                assert stages[Stage.RECORD].code == f"sound-{lost[visit].value}"
            check_sound(store, visit, made.before["sound"].get(name), lost.get(visit))
    return result


def check_sound(store, visit, before, state):
    if before is None:
        assert store.audio_info(visit) is None
        return
    if state is None:
        assert store.read_audio(visit) == before
        return
    try:
        found = store.read_audio(visit) if store.audio_info(visit) else b""
    except AnamnesisError:
        assert state in {SoundState.DAMAGED, SoundState.CUT, SoundState.MISSING}
        return
    assert before.startswith(found)
    assert state is not SoundState.DAMAGED or found == before or len(found) < len(before)


@pytest.mark.parametrize("part", ["vault.head", "vault.db", "spare/vault.head", "spare/vault.db", "vault.erased"])
def test_one_damaged_copy_of_the_vault_loses_nothing(made, tmp_path, part):
    where = made.parts[part]
    path = damaged(made, tmp_path, flipped(made.data, where.offset + where.size // 2))
    check = check_backup(path, no_progress, CancelToken())
    assert (check.intact, check.vault) == (False, True)
    assert try_restore(made, tmp_path, path).not_whole == ()


def test_both_copies_damaged_nothing_can_be_saved_and_it_says_so(made, tmp_path):
    data = made.data
    for part in ("vault.db", "spare/vault.db"):
        data = flipped(data, made.parts[part].offset + 5000)
    path = damaged(made, tmp_path, data)
    assert not check_backup(path, no_progress, CancelToken()).vault
    for partial in (False, True):
        with pytest.raises(SealBrokenError, match="Nothing can be saved"):
            restored(path, tmp_path / "vault-2", partial=partial)
    assert not (tmp_path / "vault-2").exists()
    assert not (tmp_path / "vault-2.restoring").exists()


def test_sound_damaged_in_the_middle_plays_where_it_is_good(made, tmp_path):
    visit = made.ids["signed"]
    where = made.parts[f"audio/{visit}.audio"]
    path = damaged(made, tmp_path, flipped(made.data, where.offset + where.size // 2))
    check = check_backup(path, no_progress, CancelToken())
    assert dict(check.sound)[f"{visit}.audio"] is SoundState.DAMAGED
    assert try_restore(made, tmp_path, path).not_whole == ((visit, SoundState.DAMAGED),)
    with signed_in(tmp_path / "restored" / "vault") as session:
        assert session.encounters.read_audio(visit, 0.0, 0.5) == SOUND[:RATE]
        with pytest.raises(SealBrokenError):
            session.encounters.read_audio(visit)
        entries = [e for e in session.audit.entries() if e.action == "audio.not-restored"]
        assert [(e.subject, e.detail) for e in entries] == [(visit, "damaged")]


def test_cut_within_the_sound_keeps_what_came_before(made, tmp_path):
    names = [name for name in made.parts if name.startswith("audio/")]
    where = made.parts[names[-1]]
    path = damaged(made, tmp_path, made.data[: where.offset + where.size // 2])
    result = try_restore(made, tmp_path, path)
    assert [state for _, state in result.not_whole] == [SoundState.CUT]


def test_cut_before_the_sound_keeps_all_text(made, tmp_path):
    first = next(part for name, part in made.parts.items() if name.startswith("audio/"))
    result = try_restore(made, tmp_path, damaged(made, tmp_path, made.data[: first.offset - 40]))
    assert dict(result.not_whole) == {made.ids[n]: SoundState.MISSING for n in ("signed", "resumed")}
    assert result.recordings == 0


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(st.floats(0, 1, exclude_max=True), st.booleans())
def test_damaged_anywhere(made, tmp_path_factory, where, cut):
    """Flipped or cut at a place that chance picks: a declared error, or a correct restore of a part."""
    folder = tmp_path_factory.mktemp("chance")
    at = int(where * len(made.data))
    path = damaged(made, folder, made.data[:at] if cut else flipped(made.data, at))
    try:
        vault = check_backup(path, no_progress, CancelToken()).vault
    except AnamnesisError:
        vault = False
    if vault:
        try_restore(made, folder, path)
        return
    assert cut
    assert at < made.parts["vault.db"].offset + made.parts["vault.db"].size + 32
    with pytest.raises(AnamnesisError):
        restored(path, folder / "vault", partial=True)
    assert not (folder / "vault").exists()


def test_put_together_by_someone_without_the_key_it_is_refused(made, tmp_path):
    """Every digest fits, and yet: sound of one visit was left out."""
    import io

    from app.vault.backup.container import ContainerWriter

    file = io.BytesIO()
    manifest = survey(made.path, lambda _count: None).manifest
    writer = ContainerWriter(file, manifest.vault_id, manifest.made_at)
    writer.open()
    for part in made.parts.values():
        if not part.name.startswith("audio/"):
            data = made.data[part.offset : part.offset + part.size]
            writer.add(part.name, io.BytesIO(data), len(data), lambda _count: None)
    writer.close(b"x" * 32)
    path = damaged(made, tmp_path, file.getvalue())
    for partial in (False, True):
        with pytest.raises(SealBrokenError, match="not put together by this vault"):
            restored(path, tmp_path / "vault-2", partial=partial)
    assert not vault_exists(tmp_path / "vault-2")
