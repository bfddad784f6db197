"""Memory over a long visit: a file spoken over and over again, faster than real time."""

from pathlib import Path

from app.audio.steady_clock import steady
from app.domain.work import CancelToken, Progress
from app.insight.aims import beside_aims
from app.insight.bench_visit import Bench, opened
from app.insight.file_microphone import LoopedMicrophone
from app.insight.hardware import hardware
from app.insight.live_run import Watch, live_visit, open_microphone, wait_for_sound
from app.insight.process_memory import MemoryWatch, growth_figures

SETTLED = 600.0
"""Seconds of sound after which memory should stay flat."""


def bench_long(
    bench: Bench, audio: Path, *, hours: float, speed: float, progress: Progress, cancel: CancelToken
) -> dict[str, object]:
    """Record `hours` of sound live and return how much memory grew, in all and by process (MB).

    The sound comes at `speed` times real time, and at real speed while the text is more than a minute of sound behind
    (`slowed_seconds` says for how much of it): a slow machine takes longer and piles nothing up. How far the text is
    behind at such a speed is therefore no figure. Growth is from the tenth simulated minute to the highest later one,
    each minute taken by the median of its samples, see `process_memory.growth`; up to a third of a short run counts as
    settling. `drift_mb` is growth without ups and downs. `stop_to_transcript` at the end shows what a long visit leaves
    to be done; no draft is made.
    """
    seconds = hours * 3600
    watch = Watch(keep=False)
    position = 0.0

    def behind() -> float:
        return position - watch.until

    microphone = LoopedMicrophone(audio, speed, behind)
    begun = steady()
    with (
        opened(bench, microphone) as program,
        open_microphone(program, watch) as recorder,
        live_visit(program, watch, recorder) as visit,
    ):
        limit = steady() + 2 * seconds + 60

        def clock() -> float:
            nonlocal position
            position = visit.elapsed
            return position

        with MemoryWatch(clock, program.process_name) as memory:
            wait_for_sound(visit, watch, seconds, limit, progress, cancel)
        stopped = steady()
        visit.stop(progress, cancel)
        texted = steady()
        transcript = program.session.encounters.transcript(visit.encounter_id)
    figures: dict[str, object] = {
        "audio": audio.name,
        "hours": hours,
        "speed": speed,
        **growth_figures(memory.samples, min(SETTLED, seconds / 3)),
        "settled_seconds": min(SETTLED, seconds / 3),
        "slowed_seconds": round(microphone.slowed),
        "took_seconds": round(stopped - begun),
        "stop_to_transcript": round(texted - stopped, 2),
        "words": None if transcript is None else sum(len(u.text.split()) for u in transcript.utterances),
        "lost_seconds": watch.lost,
        "alarms": watch.alarm_kinds,
        "hardware": hardware(),
    }
    return {**figures, "aims": beside_aims("long", figures)}
