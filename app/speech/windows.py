"""Speech is cut into windows that Whisper decodes side by side, at pauses where possible."""

from app.speech.voice_activity import Span, VoiceActivity

WINDOW = 29.0
"""Seconds of sound that Whisper decodes at once; it was trained on 30."""

MAX_GAP = 2.0
"""A longer pause always ends a window: Whisper invents words in long silences (seconds)."""


def plan_windows(activity: VoiceActivity, longest: float) -> list[Span]:
    """Return windows of at most `longest` seconds that together cover all speech, in order, without overlap.

    A window is one piece of the recording, so that times inside it need no correction. Where speech goes on for longer
    than `longest`, it is cut at the longest pause of the second half, else where speech is least likely.
    """
    windows: list[Span] = []
    waiting = list(activity.spans)
    while waiting:
        group = [waiting.pop(0)]
        while waiting and waiting[0].start - group[-1].end <= MAX_GAP and waiting[0].end - group[0].start <= longest:
            group.append(waiting.pop(0))
        if group[0].length > longest:
            cut = activity.quietest(group[0].start + longest / 2, group[0].start + longest)
            windows.append(Span(group[0].start, cut))
            waiting.insert(0, Span(cut, group[0].end))
            continue
        if waiting and waiting[0].start - group[-1].end <= MAX_GAP:
            keep = best_cut(group, waiting[0], longest)
            waiting[:0] = group[keep:]
            group = group[:keep]
        windows.append(Span(group[0].start, group[-1].end))
    return windows


def best_cut(group: list[Span], following: Span, longest: float) -> int:
    """Return how many spans to keep, so that the cut falls into the longest pause after half of the window."""
    best, widest = len(group), following.start - group[-1].end
    for index in range(1, len(group)):
        pause = group[index].start - group[index - 1].end
        if group[index - 1].end - group[0].start >= longest / 2 and pause > widest:
            best, widest = index, pause
    return best
