"""The graphics processors that the speech engine can use."""


def cuda_compute_types() -> tuple[int, tuple[str, ...]]:
    """Return how many CUDA devices CTranslate2 sees and the number types they compute in."""
    import ctranslate2

    count = int(ctranslate2.get_cuda_device_count())
    return count, tuple(sorted(ctranslate2.get_supported_compute_types("cuda"))) if count else ()
