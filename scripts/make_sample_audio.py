"""Speak the scripted consultation and mix it into one recording. Run by `make_sample` in a throw-away environment.

Speech: Kokoro-82M (StyleTTS 2 architecture, hexgrad/Kokoro-82M), ONNX, phonemes by eSpeak NG.
"""

import argparse
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

import av
import espeakng_loader
import numpy as np
import onnxruntime
import pyloudnorm
import soxr
from phonemizer.backend import EspeakBackend
from phonemizer.backend.espeak.wrapper import EspeakWrapper
from phonemizer.separator import Separator

MODEL_RATE = 24_000
RATE = 48_000
LOUDNESS = -23.0
SEED = 20_250_101
TAIL = 1.2

# eSpeak writes diphthongs and affricates with a tie; the model was trained on one letter for each.
MODEL_PHONEMES = {
    "a^ɪ": "I", "a^ʊ": "W", "e^ɪ": "A", "o^ʊ": "O", "ɔ^ɪ": "Y", "ə^ʊ": "O", "d^ʒ": "ʤ", "t^ʃ": "ʧ", "ə^l": "ᵊl",
    "ɜː": "ɜɹ", "ɚ": "əɹ", "ɐ": "ə", "ɾ": "T", "ʔ": "t", "ɬ": "l", "r": "ɹ", "x": "k", "ʲ": "", "ː": "", "^": "",
    "̩": "", "ɹɹ": "ɹ",
}  # fmt: skip
# eSpeak stresses these drug names wrongly.
PRONUNCIATION = {"lˈɪsɪnˌɑpɹᵊl": "lIsˈɪnəpɹˌɪl", "ˈæTɔɹvˌæstətˌɪn": "ətˌɔɹvəstˈætᵊn"}
# Sounds without a dictionary entry in eSpeak.
FIXED_PHONEMES = {"Mm-hmm.": "əmhˈm.", "Uh-huh.": "ˌʌhˈʌ."}


@dataclass(frozen=True)
class Voice:
    """A speaker: style file of the model, speaking speed, level in dB and how much of the room is heard with it."""

    style: str
    speed: float
    gain: float
    room: float


VOICES = {
    "clinician": Voice("af_heart", 1.04, 0.0, 0.10),
    "patient": Voice("am_michael", 1.06, -1.5, 0.16),
}


@dataclass(frozen=True)
class Line:
    """One scripted utterance: `pause` before it in seconds, the printed and the spoken text."""

    pause: float
    speaker: str
    text: str
    spoken: str


def read_script(path: Path) -> list[Line]:
    """Read the consultation (see the head of `make_sample_visit.txt` for its form)."""
    lines = []
    for raw in path.read_text(encoding="utf-8").splitlines():
        if not raw or raw.startswith("#"):
            continue
        pause, speaker, text = (part.strip() for part in raw.split("|"))
        written = re.sub(r"\[([^=\]]+)=[^\]]+\]", r"\1", text)
        spoken = re.sub(r"\[[^=\]]+=([^\]]+)\]", r"\1", text)
        lines.append(Line(float(pause), speaker, written, spoken))
    return lines


class Synthesiser:
    """Text to mono float32 speech at 24 kHz."""

    def __init__(self, model: Path, vocabulary: Path, styles: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = os.cpu_count() or 1
        self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self._vocabulary: dict[str, int] = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        self._styles = styles
        EspeakWrapper.set_library(espeakng_loader.get_library_path())
        EspeakWrapper.set_data_path(espeakng_loader.get_data_path())
        self._espeak = EspeakBackend("en-us", preserve_punctuation=True, with_stress=True, tie="^")

    def phonemes(self, text: str) -> str:
        """Return the model's phonemes of an English text."""
        fixed = next((start for start in FIXED_PHONEMES if text.startswith(start)), None)
        if fixed:
            rest = text.removeprefix(fixed).strip()
            return f"{FIXED_PHONEMES[fixed]} {self.phonemes(rest)}" if rest else FIXED_PHONEMES[fixed]
        text = re.sub(r"\bMr\.", "Mister", re.sub(r"\bDr\.", "Doctor", text))
        text = re.sub(r"\byeah\b", "ye'a", text, flags=re.IGNORECASE)
        spoken = self._espeak.phonemize([text], separator=Separator(word=" ", phone=""), strip=True)[0]
        for espeak, ours in (MODEL_PHONEMES | PRONUNCIATION).items():
            spoken = spoken.replace(espeak, ours)
        return "".join(sign for sign in spoken if sign in self._vocabulary)

    def speak(self, text: str, voice: Voice) -> np.ndarray:
        """Return the spoken text without the silence around it."""
        tokens = [self._vocabulary[sign] for sign in self.phonemes(text)]
        style = np.fromfile(self._styles / f"{voice.style}.bin", np.float32).reshape(-1, 1, 256)[len(tokens) - 1]
        inputs = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style,
            "speed": np.array([voice.speed], np.float32),
        }
        return trim(np.asarray(self._session.run(None, inputs)[0], np.float32).ravel())


def trim(speech: np.ndarray, floor: float = -42.0, margin: float = 0.03) -> np.ndarray:
    """Cut what is quieter than `floor` dB below the peak (10 ms frames) at both ends, keeping `margin` seconds."""
    frame = MODEL_RATE // 100
    frames = speech[: len(speech) // frame * frame].reshape(-1, frame)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(axis=1)) > np.abs(speech).max() * 10 ** (floor / 20))
    keep = round(margin * MODEL_RATE)
    return speech[max(0, loud[0] * frame - keep) : (loud[-1] + 1) * frame + keep]


def room_response(rng: np.random.Generator, seconds: float = 0.22) -> np.ndarray:
    """Impulse response of a small furnished room: a few early reflections and a decaying diffuse tail, unit energy."""
    time = np.arange(round(seconds * RATE)) / RATE
    tail = rng.standard_normal(len(time)) * 10 ** (-3 * time / seconds)
    tail[: round(0.004 * RATE)] = 0.0
    for delay, level in ((0.0043, 6.0), (0.0071, 5.0), (0.0112, 4.0), (0.0168, 3.0)):
        tail[round(delay * RATE)] += level
    return tail / np.sqrt((tail**2).sum())


def convolve(signal: np.ndarray, response: np.ndarray) -> np.ndarray:
    """Linear convolution through the FFT, cut to the signal's length."""
    size = len(signal) + len(response) - 1
    return np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(response, size), size)[: len(signal)]


def room_tone(rng: np.random.Generator, length: int, level: float = -62.0) -> np.ndarray:
    """Soft noise falling 3 dB an octave with a faint 60 Hz mains hum; `level` in dB of full scale (RMS)."""
    spectrum = np.fft.rfft(rng.standard_normal(length))
    frequency = np.maximum(np.fft.rfftfreq(length, 1 / RATE), 40.0)
    noise = np.fft.irfft(spectrum / np.sqrt(frequency), length)
    hum = 0.3 * noise.std() * np.sin(2 * np.pi * 60.0 * np.arange(length) / RATE)
    tone = noise + hum
    return tone / tone.std() * 10 ** (level / 20)


def place(lines: list[Line], synthesiser: Synthesiser) -> tuple[dict[str, np.ndarray], list[tuple[float, float]]]:
    """Return one 48 kHz track a speaker and each line's start and end in seconds."""
    pieces = []
    times = []
    now = 0.0
    for line in lines:
        voice = VOICES[line.speaker]
        speech = soxr.resample(synthesiser.speak(line.spoken, voice), MODEL_RATE, RATE)
        speech = speech / np.sqrt((speech**2).mean()) * 0.1 * 10 ** (voice.gain / 20)
        start = round((now + line.pause) * RATE)
        pieces.append((line.speaker, start, speech))
        now = (start + len(speech)) / RATE
        times.append((start / RATE, now))
    length = round((now + TAIL) * RATE)
    tracks = {speaker: np.zeros(length) for speaker in VOICES}
    for speaker, start, speech in pieces:
        tracks[speaker][start : start + len(speech)] += speech
    return tracks, times


def mix(tracks: dict[str, np.ndarray]) -> np.ndarray:
    """Put both tracks into the room and add room tone: -23 LUFS (EBU R 128), below -1 dB of full scale."""
    rng = np.random.default_rng(SEED)
    length = len(next(iter(tracks.values())))
    total = np.zeros(length)
    for speaker, track in tracks.items():
        total += track + VOICES[speaker].room * convolve(track, room_response(rng))
    total = pyloudnorm.normalize.loudness(total, pyloudnorm.Meter(RATE).integrated_loudness(total), LOUDNESS)
    total += room_tone(rng, length)
    ceiling = 10 ** (-1 / 20)
    return np.where(np.abs(total) > ceiling * 0.8, np.sign(total) * soft_knee(np.abs(total), ceiling), total)


def soft_knee(level: np.ndarray, ceiling: float) -> np.ndarray:
    """Bend levels above 0.8 of the ceiling so that they never pass it."""
    knee = 0.8 * ceiling
    return knee + (ceiling - knee) * np.tanh((level - knee) / (ceiling - knee))


def write_opus(path: Path, signal: np.ndarray, bit_rate: int = 32_000) -> None:
    """Write mono Opus (RFC 6716) in Ogg."""
    with av.open(str(path), "w", format="ogg", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libopus", rate=RATE, layout="mono", options={"application": "voip"})
        stream.bit_rate = bit_rate
        samples = np.clip(np.round(signal * 32767), -32768, 32767).astype(np.int16)
        for start in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 960], format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = start
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def write_transcript(path: Path, lines: list[Line], times: list[tuple[float, float]], duration: float) -> None:
    """Write the true transcript in the form `anamnesis.transcript/1`."""
    utterances = [
        {"id": f"u{number}", "start": round(start, 2), "end": round(end, 2), "speaker": line.speaker, "text": line.text,
         "words": []}
        for number, (line, (start, end)) in enumerate(zip(lines, times, strict=True), 1)
    ]  # fmt: skip
    document = {
        "schema": "anamnesis.transcript/1",
        "duration": round(duration, 2),
        "language": "en",
        "model": "script",
        "utterances": utterances,
    }
    path.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Build `visit.ogg` and `visit.transcript.json` in the folder given by --out."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("model", "vocabulary", "styles", "script", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    arguments = parser.parse_args()
    lines = read_script(arguments.script)
    tracks, times = place(lines, Synthesiser(arguments.model, arguments.vocabulary, arguments.styles))
    signal = mix(tracks)
    write_opus(arguments.out / "visit.ogg", signal)
    write_transcript(arguments.out / "visit.transcript.json", lines, times, len(signal) / RATE)
    print(f"{len(lines)} utterances, {len(signal) / RATE:.1f} s")


if __name__ == "__main__":
    main()
