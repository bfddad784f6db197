"""What the machine has, and which models suit it."""

import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass

from app.models.catalogue import Catalogue, ModelEntry, Task

_GPU_SHARE = 0.85
"""Share of the graphics memory that models may fill; the rest is for the display and for working buffers."""

_UNIFIED_SHARE = 0.5
"""Share of an Apple processor's common memory that is counted as graphics memory."""


@dataclass(frozen=True, slots=True)
class Hardware:
    """Main and graphics memory in megabytes (0 without a usable graphics processor)."""

    memory_mb: int
    gpu_memory_mb: int


def find_hardware() -> Hardware:
    """Look at this machine; a graphics driver that does not answer counts as no graphics processor."""
    import psutil

    memory = int(psutil.virtual_memory().total / 1e6)
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return Hardware(memory, int(memory * _UNIFIED_SHARE))
    return Hardware(memory, _nvidia_memory_mb())


def recommended(catalogue: Catalogue, hardware: Hardware) -> tuple[ModelEntry, ...]:
    """Choose one model for each task: the most preferred that fits.

    With a graphics processor speech comes first and the language model gets what is left of its memory; a task whose
    models for it do not fit falls back to the models for the processor.
    """
    left = hardware.gpu_memory_mb * _GPU_SHARE
    chosen = []
    tasks: tuple[Task, ...] = ("speech", "language", "speaker")
    for task in tasks:
        able = [entry for entry in catalogue if entry.task == task and entry.preference > 0]
        fitting = [entry for entry in able if entry.gpu and entry.memory_mb <= left]
        fitting = fitting or [entry for entry in able if not entry.gpu and entry.memory_mb <= hardware.memory_mb / 2]
        if fitting:
            best = max(fitting, key=lambda entry: entry.preference)
            left -= best.memory_mb if best.gpu else 0
            chosen.append(best)
    return tuple(chosen)


def _nvidia_memory_mb() -> int:
    """Memory of the largest NVIDIA processor, asked from its driver's own tool."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return 0
    try:
        answer = subprocess.run(  # noqa: S603 - the driver's tool, fixed arguments
            [tool, "--query-gpu=memory.total", "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=5,
            check=True,
        )
        return max((int(line) for line in answer.stdout.split()), default=0)
    except (OSError, ValueError, subprocess.SubprocessError):
        return 0
