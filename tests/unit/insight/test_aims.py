"""Figures beside their aims."""

from app.insight.aims import AIMS, beside_aims, figure, lines


def test_each_aim_is_kept_missed_or_not_measured():
    verdicts = beside_aims("visit", {"live_lag": {"p50": 0.9, "p95": 2.6}, "stop_to_transcript": None})
    assert verdicts["live_lag.p50"] == {"at_most": 1.0, "met": True}
    assert verdicts["live_lag.p95"]["met"] is False
    assert verdicts["stop_to_transcript"]["met"] is None
    assert verdicts["wer_above_offline"]["met"] is None


def test_text_names_the_aim_beside_the_figure():
    figures = {"lost": {"median": 0.2, "max": 1.4}, "blocks_that_do_not_open": 0, "audio": "x.wav", "nothing": None}
    text = lines(figures, beside_aims("kills", figures))
    assert text[0].split() == ["lost.median", "0.2"]
    assert "aim at most 1: missed" in text[1]
    assert "aim at most 0: kept" in text[2]
    assert text[4].split() == ["nothing", "-"]


def test_no_verdict_without_a_number():
    assert figure({"a": True}, "a") is None
    assert figure({"a": {"b": "text"}}, "a.b") is None
    assert figure({}, "a.b") is None
    assert all(v["met"] is None for bench in AIMS for v in beside_aims(bench, {}).values())
