"""`python -m app` is `anamnesis`."""

import sys

try:
    from app.ctrl_c import hear_every_ctrl_c

    hear_every_ctrl_c()
    from app.cli import main
except KeyboardInterrupt:
    sys.exit("anamnesis: Cancelled.")  # Ctrl-C while the program itself is still being loaded

if __name__ == "__main__":
    sys.exit(main())
