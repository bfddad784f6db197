"""Percentiles of measured times."""

import math
from collections.abc import Sequence


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the value below which `share` (0 to 1) of the values lie, interpolated; None for no values.

    Hyndman and Fan (1996), definition 7: the default of R and NumPy.
    """
    if not values:
        return None
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    low = math.floor(position)
    high = min(low + 1, len(ordered) - 1)
    part = position - low
    return ordered[low] * (1 - part) + ordered[high] * part


def spread(values: Sequence[float], digits: int = 2) -> dict[str, float | None]:
    """Return `p50`, `p95` and `max`, rounded; all None for no values."""
    figures = {"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "max": max(values, default=None)}
    return {name: None if value is None else round(value, digits) for name, value in figures.items()}
