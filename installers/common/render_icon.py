"""Draw the icon as a PNG. Run with a Python that has PySide6: `render_icon.py SVG SIZE PNG`."""

import os
import sys

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer


def main() -> None:
    """Render the SVG named first to a square PNG of the given pixels."""
    source, size, target = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    application = QGuiApplication(sys.argv[:1])
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(source).render(painter)
    painter.end()
    if not image.save(target):
        sys.exit(f"{target} cannot be written.")
    del application


if __name__ == "__main__":
    main()
