"""Nothing leaves: libraries that would report to their makers are told not to, before any of them is imported."""

import os

_SILENCE = {
    "ORT_DISABLE_TELEMETRY": "1",  # ONNX Runtime from 1.29 on reports by default; the lock holds an older one as well
    "ORT_TELEMETRY_DISABLED": "1",  # the name that its later releases use
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}


def forbid_reports() -> None:
    """Set the libraries' opt-outs for this process and its children."""
    os.environ.update(_SILENCE)
