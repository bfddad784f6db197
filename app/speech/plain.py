"""Plain faster-whisper as it comes: what our own recognition is measured against."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from app.speech.recogniser import available_processors


class PlainWhisper:
    """The same model with the library's defaults: int8, beam 5, voice-activity filter on, no work of ours."""

    def __init__(self, folder: Path, threads: int = 0) -> None:
        """Load the model; `threads` 0 takes as many as there are processors."""
        from faster_whisper import WhisperModel

        self._model: Any = WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads or available_processors(),
            local_files_only=True,
        )

    def text(self, samples: npt.NDArray[np.float32]) -> str:
        """Return the words of float32 samples [n] at 16 kHz."""
        segments, _ = self._model.transcribe(samples, beam_size=5, vad_filter=True)
        return " ".join(segment.text.strip() for segment in segments)
