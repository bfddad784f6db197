"""Sounds without a single word, made up by formula: whatever is recognised in them is an invention."""

import numpy as np
import numpy.typing as npt

RATE = 16_000
SECONDS = 60

Floats = npt.NDArray[np.float32]


def quiet_sounds(seconds: int = SECONDS, seed: int = 20_260) -> dict[str, Floats]:
    """Return silence, white noise, hum, keyboard and music by name, each float32 [seconds * 16000] in -1..1."""
    count = seconds * RATE
    random = np.random.default_rng(seed)
    return {
        "silence": np.zeros(count, np.float32),
        "white noise": random.normal(0.0, 0.05, count).astype(np.float32),
        "hum": _hum(count, random),
        "keyboard": _keyboard(count, random),
        "music": _music(count, random),
    }


def _hum(count: int, random: np.random.Generator) -> Floats:
    """Mains hum with its harmonics and a slowly changing fan."""
    t = np.arange(count) / RATE
    hum = sum(a * np.sin(2 * np.pi * f * t) for f, a in ((50, 0.12), (100, 0.05), (150, 0.04), (250, 0.02)))
    fan = np.convolve(random.normal(0.0, 1.0, count), np.ones(24) / 24, mode="same")
    return np.asarray(hum + 0.03 * fan * (1.0 + 0.3 * np.sin(2 * np.pi * 0.2 * t)), np.float32)


def _keyboard(count: int, random: np.random.Generator) -> Floats:
    """Typing in bursts: each key a click down and a duller one up, over faint room noise."""
    sound = random.normal(0.0, 0.0015, count)
    at = 0.5
    while at < count / RATE - 0.5:
        _strike(sound, at, random.uniform(0.15, 0.45), 2_800.0, random)
        _strike(sound, at + random.uniform(0.06, 0.11), random.uniform(0.05, 0.15), 1_500.0, random)
        at += random.uniform(0.09, 0.28) if random.random() < 0.93 else random.uniform(0.8, 2.5)
    return np.clip(sound, -1.0, 1.0).astype(np.float32)


def _strike(
    sound: npt.NDArray[np.float64], at: float, loudness: float, pitch: float, random: np.random.Generator
) -> None:
    start, length = int(at * RATE), int(0.03 * RATE)
    t = np.arange(length) / RATE
    body = np.sin(2 * np.pi * pitch * random.uniform(0.8, 1.2) * t) + random.normal(0.0, 1.0, length)
    sound[start : start + length] += loudness * 0.5 * body * np.exp(-t / 0.005)


_CHORDS = ((48, 55, 60, 64), (45, 52, 57, 60), (41, 48, 53, 57), (43, 50, 55, 59))  # C, a, F, G as key numbers
_BEAT = 0.5  # seconds


def _music(count: int, random: np.random.Generator) -> Floats:
    """Chords with harmonics, a melody with vibrato, bass drum and cymbal, 120 beats a minute."""
    sound = np.zeros(count)
    for beat in range(int(count / RATE / _BEAT)):
        chord = _CHORDS[beat // 4 % len(_CHORDS)]
        if beat % 4 == 0:
            for key in chord:
                _note(sound, beat * _BEAT, 4 * _BEAT, key, 0.05, vibrato=0.0)
        _note(sound, beat * _BEAT, _BEAT, int(random.choice(chord)) + 12, 0.12, vibrato=0.006)
        _drum(sound, beat * _BEAT, bass=beat % 2 == 0, random=random)
    return np.clip(sound, -1.0, 1.0).astype(np.float32)


def _note(
    sound: npt.NDArray[np.float64], at: float, length: float, key: int, loudness: float, *, vibrato: float
) -> None:
    start = int(at * RATE)
    t = np.arange(min(int(length * RATE), len(sound) - start)) / RATE
    pitch = 440.0 * 2.0 ** ((key - 69) / 12)
    phase = 2 * np.pi * pitch * (t + vibrato / (2 * np.pi * 5.5) * np.sin(2 * np.pi * 5.5 * t))
    tone = sum(np.sin(h * phase) / h**1.3 for h in range(1, 7))
    sound[start : start + len(t)] += loudness * tone * np.minimum(1.0, t / 0.01) * np.exp(-t / length)


def _drum(sound: npt.NDArray[np.float64], at: float, *, bass: bool, random: np.random.Generator) -> None:
    start = int(at * RATE)
    t = np.arange(min(int(0.2 * RATE), len(sound) - start)) / RATE
    if bass:
        sound[start : start + len(t)] += (
            0.4 * np.sin(2 * np.pi * (50 * t + 2.0 * (1 - np.exp(-t / 0.03)))) * np.exp(-t / 0.08)
        )
    else:
        sound[start : start + len(t)] += 0.12 * random.normal(0.0, 1.0, len(t)) * np.exp(-t / 0.04)
