"""A new passphrase, typed twice, with a hint on how hard it is to guess."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.ui.strength import estimate
from app.ui.theme import SPACE, Theme
from app.ui.widgets.parts import line

_ADVICE = "At least 12 characters. Four words work well."
_STEPS = 3


class Form(Protocol):
    """What takes fields under labels: a card or a sheet."""

    column: QVBoxLayout

    def field(self, label: str, widget: QWidget, hint: str = "") -> QLabel: ...


class StrengthBar(QWidget):
    """Three steps; colour only repeats what the hint says in words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._level = 0
        self.setFixedHeight(SPACE)

    def show_level(self, level: int) -> None:
        """0 (too short) to 3 (strong)."""
        self._level = level
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        t = self._theme.tokens
        inks = (t.border, t.contradicted.ink, t.partial.ink, t.supported.ink)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        step = (self.width() + SPACE) / _STEPS
        for n in range(_STEPS):
            painter.setBrush(QColor(inks[self._level] if n < self._level else t.border))
            painter.drawRoundedRect(QRectF(n * step, 0, step - SPACE, self.height()), 2, 2)


class PassphrasePair:
    """Two fields that must agree, with a hint on strength. Calls `on_change` when either changes."""

    def __init__(self, form: Form, theme: Theme, on_change: Callable[[], None], label: str = "Passphrase") -> None:
        self.first = line(label, secret=True)
        self.second = line(f"{label} again", secret=True)
        self.hint = form.field(label, self.first, _ADVICE)
        self.bar = StrengthBar(theme)
        self.agree = form.field(f"{label} again", self.second)
        form.column.insertWidget(form.column.indexOf(self.hint), self.bar)
        self._on_change = on_change
        self.names: tuple[str, ...] = ()
        self.first.textChanged.connect(self._judge)
        self.second.textChanged.connect(self._judge)

    @property
    def good(self) -> bool:
        """Whether the pair may be used."""
        return estimate(self.first.text(), self.names).level > 0 and self.first.text() == self.second.text()

    def clear(self) -> None:
        """Forget what was typed."""
        self.first.clear()
        self.second.clear()

    def _judge(self) -> None:
        strength = estimate(self.first.text(), self.names)
        typed = bool(self.first.text())
        self.bar.show_level(strength.level if typed else 0)
        said = f"{strength.word}. {strength.hint}" if strength.level < _STEPS else strength.word
        self.hint.setText(said if typed else _ADVICE)
        differs = bool(self.second.text()) and self.first.text() != self.second.text()
        self.agree.setText("The two do not agree yet." if differs else "")
        self.agree.setVisible(differs)
        self._on_change()
