"""What each figure should be at most, and how a measured one stands beside it."""

from collections.abc import Mapping

AIMS: dict[str, dict[str, float]] = {
    "visit": {
        "live_lag.p50": 1.0,
        "live_lag.p95": 2.5,
        "stop_to_transcript": 2.0,
        "stop_to_draft": 10.0,
        "share_of_plain": 0.2,
        "wer_above_offline": 0.01,
        "peak_rss_mb": 3000.0,
    },
    "record": {"cpu_percent.all": 3.0, "first_sealed_block": 1.0},
    "kills": {"lost.max": 1.0, "blocks_that_do_not_open": 0.0, "sound_that_differs": 0.0},
    "long": {"growth_mb": 50.0},
    "draft": {"draft_seconds": 300.0, "stop_to_draft": 10.0, "peak_rss_mb": 5000.0},
    "quiet": {"words_live": 0.0, "words_offline": 0.0},
    "vault": {
        "opening": 1000.0,
        "list": 200.0,
        "search_patient": 300.0,
        "search_text": 300.0,
        "one_visit": 50.0,
        "audit_entry": 5.0,
    },
    "server": {"draft_to_other_machine_ms.p95": 2000.0},
    "vault-kills": {"lost_count": 0.0, "half_done": 0.0, "broken_chains": 0.0},
    "window": {"gap_ms.p99": 50.0},
}
"""Upper bounds by benchmark and figure; a dot steps into a nested figure. Seconds, MB, percent, words, ms."""


def beside_aims(bench: str, figures: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Return for each aim of a benchmark the bound and whether the figure keeps it (None if it was not measured)."""
    verdicts: dict[str, dict[str, object]] = {}
    for name, bound in AIMS[bench].items():
        value = figure(figures, name)
        verdicts[name] = {"at_most": bound, "met": None if value is None else value <= bound}
    return verdicts


def figure(figures: Mapping[str, object], name: str) -> float | None:
    """Return a figure by its dotted name, None if it is missing or null."""
    value: object = figures
    for part in name.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def lines(figures: Mapping[str, object], verdicts: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Return the figures as text lines, nested ones by their dotted names, each aim beside its figure."""
    return [f"{name:<28} {_shown(value):<24} {_aim(verdicts.get(name))}".rstrip() for name, value in _flat(figures, "")]


def _flat(figures: Mapping[str, object], before: str) -> list[tuple[str, object]]:
    flat: list[tuple[str, object]] = []
    for name, value in figures.items():
        if isinstance(value, Mapping):
            flat.extend(_flat(value, f"{before}{name}."))
        else:
            flat.append((before + name, value))
    return flat


def _shown(value: object) -> str:
    return "-" if value is None else str(value)


def _aim(verdict: Mapping[str, object] | None) -> str:
    if verdict is None:
        return ""
    judged = {True: "kept", False: "missed"}.get(verdict["met"]) if isinstance(verdict["met"], bool) else "not measured"
    return f"aim at most {verdict['at_most']:g}: {judged}"
