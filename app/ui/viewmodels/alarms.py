"""Which alarms of a recording stand, the worst first."""

from app.domain.live import Alarm, AlarmKind

_WORST_FIRST = (
    AlarmKind.DEVICE_GONE,
    AlarmKind.DISK_LOW,
    AlarmKind.STORAGE,
    AlarmKind.NOTHING_HEARD,
    AlarmKind.SOUND_LOST,
    AlarmKind.CLIPPING,
    AlarmKind.DEVICE_BACK,
    AlarmKind.TEXT_LATE,
)


def with_alarm(standing: list[Alarm], alarm: Alarm) -> list[Alarm]:
    """The alarms that stand once this one has begun, changed or ended."""
    others = [a for a in standing if a.kind is not alarm.kind]
    wanted = [*others, alarm] if alarm.active else others
    return sorted(wanted, key=lambda a: _WORST_FIRST.index(a.kind))
