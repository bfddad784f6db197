"""The live transcript: text while people talk, final as it goes."""

from app.speech.live.transcriber import EarlierWindow, LiveTranscriber, WindowFinal

__all__ = ["EarlierWindow", "LiveTranscriber", "WindowFinal"]
