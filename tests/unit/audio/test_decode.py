"""Any sound file becomes 16 kHz mono, and bad input gives one clear error."""

import os
import subprocess
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from app.audio.decode import RATE, decode, decode_blocks
from app.domain.errors import InputError, WorkCancelledError
from app.domain.work import CancelToken

FORMATS = [
    ("a.wav", 48_000, "pcm_s16le", "stereo", "s16"),
    ("a.wav", 8_000, "pcm_u8", "mono", "u8"),
    ("a.wav", 44_100, "pcm_s24le", "mono", "s32"),
    ("a.wav", 96_000, "pcm_f32le", "5.1", "flt"),
    ("a.wav", 11_025, "pcm_f64le", "quad", "dbl"),
    ("a.mp3", 22_050, "libmp3lame", "stereo", "s16p"),
    ("a.flac", 44_100, "flac", "mono", "s16"),
    ("a.m4a", 44_100, "aac", "stereo", "fltp"),
    ("a.mp4", 48_000, "aac", "5.1", "fltp"),
    ("a.ogg", 48_000, "libopus", "mono", "s16"),
    ("a.webm", 48_000, "libopus", "stereo", "s16"),
]


def write_wav(path: Path, samples: np.ndarray, rate: int, channels: int) -> Path:
    with wave.open(str(path), "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return path


def loudest_hertz(samples: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum) * RATE / len(samples))


@pytest.mark.parametrize(("name", "rate", "codec", "layout", "form"), FORMATS)
def test_every_format_keeps_length_pitch_and_level(
    write_tone: Callable[..., Path], name: str, rate: int, codec: str, layout: str, form: str
) -> None:
    decoded = decode(write_tone(name, 3.0, rate, codec, layout, form))
    assert decoded.rate == 16_000
    assert decoded.samples.dtype == np.float32
    assert decoded.duration == pytest.approx(3.0, abs=0.15)
    assert decoded.duration == len(decoded.samples) / 16_000
    assert loudest_hertz(decoded.samples) == pytest.approx(440, abs=2)
    assert np.max(np.abs(decoded.samples[8_000:32_000])) == pytest.approx(0.5, abs=0.05)
    assert decoded.complete
    assert decoded.notices == ()


def test_blocks_are_one_second_and_join_to_the_whole(write_tone: Callable[..., Path]) -> None:
    path = write_tone(seconds=3.4)
    blocks = list(decode_blocks(path))
    assert [len(b) for b in blocks[:-1]] == [16_000] * 3
    assert 0 < len(blocks[-1]) <= 16_000
    assert {b.dtype for b in blocks} == {np.dtype(np.int16)}
    joined = np.concatenate(blocks).astype(np.float32) / 32_768
    np.testing.assert_array_equal(joined, decode(path).samples)


def test_16_khz_mono_wav_passes_unchanged(wav_file: Callable[..., Path]) -> None:
    samples = np.random.default_rng(1).integers(-20_000, 20_000, 40_000).astype(np.int16)
    np.testing.assert_array_equal(np.concatenate(list(decode_blocks(wav_file(samples)))), samples)


def test_full_scale_does_not_wrap_around(wav_file: Callable[..., Path]) -> None:
    square = np.where(np.arange(44_100) // 100 % 2, 32_767, -32_768).astype(np.int16)
    decoded = decode(wav_file(square, rate=44_100)).samples
    middle = decoded[200:-200]
    expected = np.where(np.arange(len(decoded))[200:-200] * 44_100 / 16_000 // 100 % 2, 1.0, -1.0)
    assert np.mean(np.abs(middle - expected)) < 0.25


def test_one_silent_channel_keeps_the_other(wav_file: Callable[..., Path]) -> None:
    both = np.zeros((16_000, 2), np.int16)
    both[:, 1] = 10_000
    assert np.mean(decode(wav_file(both.reshape(-1), channels=2)).samples) == pytest.approx(5_000 / 32_768, abs=1e-3)


@pytest.mark.parametrize(
    ("codec", "form", "channels"),
    [
        ("pcm_s16le", "s16", 8),
        ("pcm_s16le", "s16", 12),
        ("flac", "s16", 8),
        ("aac", "fltp", 8),
        ("pcm_s64le", "s64", 8),
    ],
)
def test_many_channels_are_averaged(tmp_path: Path, codec: str, form: str, channels: int) -> None:
    path = tmp_path / ("many.mka" if codec != "pcm_s16le" else "many.wav")
    sound = (np.sin(2 * np.pi * 440 * np.arange(48_000) / 16_000) * 10_000).astype("<i2")
    wav = write_wav(tmp_path / "many.wav", np.repeat(sound, channels), 16_000, channels)
    if codec != "pcm_s16le":
        with av.open(str(wav)) as source, av.open(str(path), "w") as out:
            stream = out.add_stream(codec, rate=16_000, layout="7.1", format=form)
            resampler = av.AudioResampler(format=form, layout="7.1", rate=16_000, frame_size=1_024)
            for frame in source.decode(audio=0):
                for piece in resampler.resample(frame):
                    out.mux(stream.encode(piece))
            for piece in resampler.resample(None):
                out.mux(stream.encode(piece))
            out.mux(stream.encode(None))
    decoded = decode(path)
    assert decoded.duration == pytest.approx(3, abs=0.2)
    assert loudest_hertz(decoded.samples) == pytest.approx(440, abs=2)


@pytest.mark.parametrize(
    ("name", "codec", "form"),
    [
        ("a.wav", "pcm_s16le", "s16"),
        ("a.mp3", "libmp3lame", "s16p"),
        ("a.flac", "flac", "s16"),
        ("a.ogg", "libopus", "s16"),
        ("a.webm", "libopus", "s16"),
    ],
)
def test_cut_file_keeps_what_decodes_and_says_so(
    write_tone: Callable[..., Path], name: str, codec: str, form: str
) -> None:
    path = write_tone(name, 10.0, 48_000, codec, "mono", form)
    whole = path.read_bytes()
    assert decode(path).complete
    path.write_bytes(whole[: int(len(whole) * 0.6)])
    decoded = decode(path)
    assert 4.0 < decoded.duration < 8.5
    assert loudest_hertz(decoded.samples) == pytest.approx(440, abs=2)
    assert not decoded.complete
    assert len(decoded.notices) == 1
    assert "cut off or damaged" in decoded.notices[0]


def test_damaged_middle_keeps_both_sides(write_tone: Callable[..., Path]) -> None:
    path = write_tone("a.flac", 10.0, 48_000, "flac", "mono", "s16")
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 3_000] = bytes(3_000)
    path.write_bytes(data)
    decoded = decode(path)
    assert decoded.duration > 8.5
    assert not decoded.complete


def bad_text(folder: Path) -> Path:
    path = folder / "notes.mp3"
    path.write_text("Patient reports chest pain since Monday.\n" * 400, encoding="utf-8")
    return path


def bad_playlist(folder: Path) -> Path:
    path = folder / "visit.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    return path


def bad_concat(folder: Path) -> Path:
    path = folder / "visit.wav"
    path.write_text("ffconcat version 1.0\nfile /etc/hostname\n")
    return path


def bad_video(folder: Path) -> Path:
    path = folder / "screen.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=10)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for _ in range(10):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="rgb24")
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def bad_empty(folder: Path) -> Path:
    path = folder / "empty.wav"
    path.touch()
    return path


def bad_folder(folder: Path) -> Path:
    path = folder / "folder.wav"
    path.mkdir()
    return path


def bad_header_only(folder: Path) -> Path:
    path = folder / "header.wav"
    path.write_bytes(b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00")
    return path


def bad_codec(folder: Path) -> Path:
    body = b"\x34\x12\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00"  # format tag 0x1234 belongs to nobody
    data = bytes(32_000)
    riff = b"WAVEfmt " + len(body).to_bytes(4, "little") + body + b"data" + len(data).to_bytes(4, "little") + data
    path = folder / "odd.wav"
    path.write_bytes(b"RIFF" + len(riff).to_bytes(4, "little") + riff)
    return path


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda folder: folder / "absent.mp3", "no file"),
        (bad_text, "notes.mp3"),
        (bad_playlist, "visit.m3u8"),
        (bad_concat, "visit.wav"),
        (bad_video, "no sound track"),
        (bad_empty, "is empty"),
        (bad_folder, "is a folder"),
        (bad_header_only, "header.wav"),
        (bad_codec, "odd.wav"),
    ],
)
def test_bad_input_gives_one_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], make: Callable[[Path], Path], says: str
) -> None:
    with pytest.raises(InputError) as caught:
        decode(make(tmp_path))
    assert says in caught.value.message
    assert caught.value.remedy
    assert "\n" not in str(caught.value)
    assert "chest pain" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("samples", [1, 1_599])
def test_less_than_a_tenth_of_a_second_is_refused(wav_file: Callable[..., Path], samples: int) -> None:
    with pytest.raises(InputError, match=r"less than 0\.1 seconds"):
        decode(wav_file(np.full(samples, 1_000)))


def test_a_tenth_of_a_second_is_taken(wav_file: Callable[..., Path]) -> None:
    assert decode(wav_file(np.full(1_600, 1_000))).duration == pytest.approx(0.1)


def test_unreadable_file_is_refused(wav_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = wav_file(np.zeros(16_000))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(InputError, match="may not be read"):
        decode(path)


def test_too_long_recording_is_refused(wav_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.audio.decode.MAX_SECONDS", 2)
    with pytest.raises(InputError, match="longer than"):
        decode(wav_file(np.zeros(40_000)))


def test_cancel_stops_and_releases_the_file(wav_file: Callable[..., Path]) -> None:
    path = wav_file(np.zeros(16_000 * 30))
    cancel = CancelToken()
    blocks = decode_blocks(path, cancel)
    next(blocks)
    cancel.cancel()
    with pytest.raises(WorkCancelledError):
        list(blocks)
    os.replace(path, path.with_suffix(".moved"))
    assert blocks.duration < 30


def test_import_does_not_load_ffmpeg() -> None:
    code = "import sys, app.audio.decode; sys.exit('av' in sys.modules or 'soxr' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
