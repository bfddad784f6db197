"""The graphics processors that llama.cpp can use in this build of it."""

from app.drafting.engines.llama_build import load_xllamacpp


def llama_devices() -> tuple[str, ...]:
    """Return name, description and memory of each graphics processor; empty with a build for processors only."""
    xllamacpp = load_xllamacpp()
    graphics = (
        xllamacpp.ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_GPU,
        xllamacpp.ggml_backend_dev_type.GGML_BACKEND_DEVICE_TYPE_IGPU,
    )
    return tuple(
        f"{device['name']} ({device['description']}, {device['memory_total'] / 1e9:.1f} GB)"
        for device in xllamacpp.get_device_info()
        if device["type"] in graphics
    )
