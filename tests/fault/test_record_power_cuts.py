"""The power is cut twice during a visit that is then continued: sound and text are whole but for a second each time.

The sample visit is spoken into a real microphone at real speed. During a cut nobody speaks (the player is frozen), so
that whatever is missing afterwards was lost by the program.
"""

import json
import os
import select
import signal
import time

import numpy as np
import pytest
from program import REPOSITORY, anamnesis
from pulse_server import pulse_server
from recording_process import RecordingProcess, make_vault, opened
from spoken_clock import RATE, write_wav

from app.audio.decode import decode_blocks
from app.domain.recording import HeardWindow, MarkKind
from app.domain.work import CancelToken
from app.insight.word_errors import word_errors

pty = pytest.importorskip("pty", reason="needs POSIX terminals")

pytestmark = [pytest.mark.pulse, pytest.mark.models, pytest.mark.timeout(900)]

SPOKEN = 36.0
CUTS = (11.0, 23.0)
SAMPLE = REPOSITORY / "resources" / "sample"


@pytest.fixture(scope="module")
def visit(tmp_path_factory):
    """The first seconds of the sample visit as a WAV file, and its samples."""
    with decode_blocks(SAMPLE / "visit.ogg", CancelToken()) as blocks:
        pcm = b"".join(block.tobytes() for block in blocks)[: int(SPOKEN * RATE) * 2]
    return write_wav(tmp_path_factory.mktemp("visit") / "visit.wav", pcm), np.frombuffer(pcm, "<i2").astype(float)


def _speak(player, seconds):
    player.send_signal(signal.SIGCONT)
    time.sleep(seconds)


def _place(piece, visit):
    """Seconds in the visit at which a piece of recorded sound begins, by cross-correlation."""
    size = 1 << (len(visit) + len(piece)).bit_length()
    product = np.fft.rfft(visit, size) * np.conj(np.fft.rfft(piece, size))
    return int(np.argmax(np.fft.irfft(product, size)[: len(visit)])) / RATE


def _missing(recorded, cuts, visit):
    """Seconds of the visit missing at each cut: a loud second before it and one after are found in the visit."""
    gaps = []
    for cut in cuts:
        before = _loud_second(recorded, [cut - back for back in np.arange(1.0, 6.0, 0.1)])
        after = _loud_second(recorded, [cut + ahead for ahead in np.arange(0.0, 5.0, 0.1)])
        places = [_place(recorded[int(at * RATE) : int((at + 1) * RATE)], visit) for at in (before, after)]
        gaps.append((places[1] - places[0]) - (after - before))
    return gaps


def _loud_second(sound, starts):
    """The first start from which a whole second is speech, not the silence of a frozen player."""
    for at in starts:
        piece = sound[int(at * RATE) : int((at + 1) * RATE)].reshape(4, -1)
        if np.sqrt((piece**2).mean(axis=1)).min() > 150:
            return at
    raise AssertionError("nothing but silence around a cut")


def test_two_power_cuts_cost_a_second_each_at_most(tmp_path, visit):
    path, samples = visit
    data, extra = make_vault(tmp_path)
    with pulse_server() as server:
        extra = {**extra, **server.environment}
        process = RecordingProcess(data, extra, "record", "--consent", "verbal", "--title", "Twice", "--no-draft")
        process.wait_until_it_records()
        player = server.play(path)
        try:
            spoken = 0.0
            for cut in CUTS:
                _speak(player, cut - spoken)
                process.power_cut(player)
                spoken = cut
                process = RecordingProcess(data, extra, "encounters", "recover", "--continue", "--no-draft")
                process.wait_until_it_records()
            _speak(player, 0)
            player.wait(120)
        finally:
            player.kill()
            player.wait(10)
        time.sleep(0.5)
        process.ctrl_c()
        status, out, err = process.end(500)
    assert status == 0, err
    assert "Twice  continued" in out

    session = opened(data)
    try:
        store = session.encounters
        (encounter,) = store.list()
        transcript = store.transcript(encounter.id)
        recorded = np.frombuffer(store.read_audio(encounter.id), "<i2").astype(float)
        consent = store.consent(encounter.id)
    finally:
        session.close()
    cuts = [m.at for m in transcript.marks if m.kind is MarkKind.INTERRUPTION]
    assert len(cuts) == 2
    assert consent.decision == "given"
    missing = _missing(recorded, cuts, samples)
    truth = json.loads((SAMPLE / "visit.transcript.json").read_text())["utterances"]
    reference = " ".join(u["text"] for u in truth if u["end"] <= SPOKEN)
    text = " ".join(u.text for u in transcript.utterances)
    errors = word_errors(reference, text)
    print(f"missing at the cuts: {[round(m, 2) for m in missing]} s; word errors {errors.rate:.2f}; {text}")
    assert max(missing) <= 1.0
    assert min(missing) > -1.0  # a busy machine stutters while it plays; nothing is doubled
    assert "interrupted" in transcript.notices[0]
    assert errors.rate < 0.35
    whole = anamnesis("--data-dir", data, "encounters", "show", encounter.id, **extra)
    assert whole.out.count("interruption") == 2
    assert "consent given, verbal" in whole.out


def test_text_that_was_final_before_the_cut_is_kept_word_for_word(tmp_path, visit):
    path, _samples = visit
    data, extra = make_vault(tmp_path)
    screen, inside = pty.openpty()
    with pulse_server() as server:
        extra = {**extra, **server.environment}
        process = RecordingProcess(data, extra, "record", "--consent", "verbal", "--no-draft", stdout=inside)
        os.close(inside)
        process.wait_until_it_records()
        player = server.play(path)
        assert select.select([screen], [], [], 240)[0], "no text became final"
        player.wait(120)
        process.power_cut(player)
    os.close(screen)
    session = opened(data)
    try:
        (encounter,) = session.encounters.list()
        windows = [e for e in session.encounters.journal(encounter.id) if isinstance(e, HeardWindow)]
    finally:
        session.close()
    assert windows, "text was shown as final that was not stored"
    recovered = anamnesis("--data-dir", data, "encounters", "recover", "--no-draft", "--json", timeout=500, **extra)
    assert recovered.status == 0, recovered.err
    (finished,) = json.loads(recovered.out)["recordings"]
    assert finished["action"] == "finished"
    shown = json.loads(anamnesis("--data-dir", data, "encounters", "show", encounter.id, "--json", **extra).out)
    assert shown["stages"]["record"] == "done(interrupted)"
    words = [w["text"].strip() for u in shown["transcript"]["utterances"] for w in u["words"]]
    final = [w.text.strip() for window in windows for w in window.words]
    print(f"{len(final)} of {len(words)} words were final before the cut, in {len(windows)} windows")
    assert words[: len(final)] == final
    assert len(words) > len(final)
    assert shown["transcript"]["notices"][0].startswith("The recording was interrupted at 0:")
