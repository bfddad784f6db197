"""What the figures were measured on."""

import platform


def hardware() -> dict[str, object]:
    """Processor, cores and memory (GB) of this machine, and the build of llama.cpp that runs on it."""
    import psutil

    from app.drafting.engines.llama_build import build_here

    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": psutil.cpu_count(logical=True),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "python": platform.python_version(),
        "llama_build": build_here(),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return next(line.split(":", 1)[1].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"
