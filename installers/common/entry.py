"""Where the frozen program starts. A spawned child of it enters here too, and leaves at `freeze_support`."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()

    from app.ctrl_c import hear_every_ctrl_c

    hear_every_ctrl_c()

    from app.cli import main

    sys.exit(main())
