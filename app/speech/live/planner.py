"""When a window of sound is complete: the cuts of `windows.plan_windows`, found while the sound still comes in."""

from collections.abc import Sequence

from app.speech.voice_activity import PAD, Span, VoiceActivity
from app.speech.windows import MAX_GAP, best_cut


def next_window(
    activity: VoiceActivity, opened: float | None, now: float, longest: float, *, over: bool = False
) -> Span | None:
    """Return the next window if more sound cannot change it, else None.

    Args:
        activity: its spans are stretches of speech, in order, that are not final yet and whose ends are known.
        opened: start of speech after them that goes on (seconds), or None.
        now: how far the sound is known (seconds).
        longest: seconds that a window may hold.
        over: no more sound will come; then there is no open speech.
    """
    waiting = [*activity.spans]
    if opened is not None:
        waiting.append(Span(opened, max(now, opened)))
    if not waiting:
        return None
    group = _first_group(waiting, longest)
    following = waiting[len(group)] if len(group) < len(waiting) else None
    if group[0].length > longest:
        cut = activity.quietest(group[0].start + longest / 2, group[0].start + longest)
        return Span(group[0].start, float(cut))
    if following is not None:
        keep = best_cut(group, following, longest) if following.start - group[-1].end <= MAX_GAP else len(group)
        return Span(group[0].start, group[keep - 1].end)
    whole = Span(group[0].start, group[-1].end)
    if opened is not None:
        return None
    return whole if over or now - PAD - whole.end > MAX_GAP else None


def _first_group(waiting: Sequence[Span], longest: float) -> list[Span]:
    group = [waiting[0]]
    for span in waiting[1:]:
        if span.start - group[-1].end > MAX_GAP or span.end - group[0].start > longest:
            break
        group.append(span)
    return group
