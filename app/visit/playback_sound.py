"""The sound of a recording as people listen to it."""

from app.domain.ports import EncounterStore


def mono_sound(
    store: EncounterStore, encounter_id: str, start: float = 0.0, end: float | None = None
) -> tuple[bytes, int]:
    """Return PCM (16-bit mono) between two times in seconds, all channels mixed, and its rate in Hz.

    Empty if there is no recording. Raises `SealBrokenError`.
    """
    info = store.audio_info(encounter_id)
    if info is None:
        return b"", 16_000
    pcm = store.read_audio(encounter_id, start, end)
    if info.channels > 1:
        from app.audio.mixing import to_mono

        pcm = to_mono(pcm, info.channels)
    return pcm, info.rate
