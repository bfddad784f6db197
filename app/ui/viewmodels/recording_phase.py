"""Where the recording of a visit stands."""

from enum import Enum, auto


class Phase(Enum):
    """Where the recording stands. Only one visit is recorded at a time."""

    IDLE = auto()
    TESTING = auto()
    """The microphone is open, nothing is kept."""
    STARTING = auto()
    RUNNING = auto()
    FINISHING = auto()
    """The sound is being closed and the rest of the text awaited."""
    DESTROYING = auto()
