"""Recordings killed at random moments: how much is missing at the end, and whether everything before it opens."""

import contextlib
import random
import secrets
import tempfile
from pathlib import Path

from app.audio.decode import decode_blocks
from app.domain.errors import AnamnesisError
from app.domain.ports import EncounterStore
from app.domain.work import CancelToken, Progress
from app.insight.aims import beside_aims
from app.insight.hardware import hardware
from app.insight.kill_figures import Killed, kill_figures
from app.insight.recording_child import USER, RecordingChild, recording
from app.vault import create_vault, sign_in

LONGEST = 4.0  # seconds of a recording before it is killed
_RESUME_EVERY = 10
_SECOND = 32_000  # bytes of 16-bit mono at 16 kHz


def bench_kills(
    audio: Path | None, device: str | None, *, times: int, seed: int, progress: Progress, cancel: CancelToken
) -> dict[str, object]:
    """Kill `times` recordings (SIGKILL; TerminateProcess on Windows) and look at what the vault holds.

    The process that is killed runs the real recorder and vault; models are not part of it. The moment is drawn
    uniformly up to four seconds after the start of the recording. Lost is the time by the clock from that start to
    the kill, less the sound that the vault opens afterwards: what was on its way counts as lost. Every tenth recording
    is then continued by a second and ended.

    Args:
        audio: a file that stands in for the microphone at real speed; None to record a real one.
        device: id of the microphone, None for the default; only without `audio`.
    """
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    passphrase = secrets.token_urlsafe(24)
    source = b"" if audio is None else _sound(audio)
    kills = []
    with tempfile.TemporaryDirectory(prefix="anamnesis-", ignore_cleanup_errors=True) as folder:
        vault = Path(folder) / "vault"
        create_vault(vault, name=USER, display_name="Bench", passphrase=passphrase)[0].close()
        for number in range(times):
            cancel.check()
            progress(number / times, f"kill {number + 1} of {times}")
            with recording(vault, passphrase, audio, device) as child:
                child.wait_until_recording()
                child.watch(child.started + chance.uniform(0.0, LONGEST))
                killed_at = child.kill()
            continues = number % _RESUME_EVERY == _RESUME_EVERY - 1
            kills.append(_look(vault, passphrase, child, killed_at, source, continues=continues))
    figures = {
        "audio": None if audio is None else audio.name,
        "seed": seed,
        **kill_figures(kills),
        "hardware": hardware(),
    }
    return {**figures, "aims": beside_aims("kills", figures)}


def _look(
    vault: Path, passphrase: str, child: RecordingChild, killed_at: float, source: bytes, *, continues: bool
) -> Killed:
    with contextlib.closing(sign_in(vault, USER, passphrase)) as session:
        store: EncounterStore = session.encounters
        info = store.audio_info(child.encounter)
        try:
            pcm = store.read_audio(child.encounter) if info is not None else b""
            opens = True
        except AnamnesisError:
            pcm, opens = b"", False
        killed = Killed(
            spoken=killed_at - child.started,
            promised=child.sealed,
            sealed=len(pcm) / _SECOND,
            opens=opens and (info is None or abs(info.duration - len(pcm) / _SECOND) < 0.001),
            same=_within(pcm, source) if source and pcm else None,
            continues=_continues(store, child.encounter, pcm) if continues and info is not None else None,
        )
        store.destroy(child.encounter, "benchmark")
    return killed


def _within(pcm: bytes, source: bytes) -> bool:
    place = source.find(pcm)
    while place % 2 and place >= 0:
        place = source.find(pcm, place + 1)
    return place >= 0


def _continues(store: EncounterStore, encounter: str, before: bytes) -> bool:
    """Go on for a second and end; what was there must be the same bytes."""
    more = bytes(range(1, 251)) * (_SECOND // 250)
    try:
        with store.resume_audio(encounter) as writer:
            writer.write(more)
        info, after = store.audio_info(encounter), store.read_audio(encounter)
    except AnamnesisError:
        return False
    return info is not None and info.complete and after == before + more


def _sound(audio: Path) -> bytes:
    with decode_blocks(audio) as blocks:
        return b"".join(block.tobytes() for block in blocks)
