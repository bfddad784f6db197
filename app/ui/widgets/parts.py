"""Small pieces that every page uses: texts, buttons, fields, message bars. All focusable ones carry a name."""

from collections.abc import Callable

from PySide6.QtCore import QDate, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QVBoxLayout,
    QWidget,
)

from app.domain.errors import AnamnesisError
from app.ui import marks
from app.ui.theme import SPACE, Theme


def text(content: str, role: str = "", parent: QWidget | None = None) -> QLabel:
    """A wrapping plain-text label; `role` is a name of the style sheet."""
    label = QLabel(content, parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("role", role)
    return label


def button(content: str, on_click: Callable[[], None], role: str = "", hint: str = "") -> QPushButton:
    """A button; `hint` becomes its tool tip."""
    widget = QPushButton(content)
    widget.setProperty("role", role)
    widget.setAccessibleName(content.replace("&", "").rstrip("…"))
    widget.setToolTip(hint)
    widget.setAutoDefault(False)
    widget.clicked.connect(lambda _checked: on_click())
    return widget


def for_action(action: QAction, role: str = "") -> QPushButton:
    """A button that follows an action: text, tip with the shortcut, enabled, visible."""
    widget = button("", action.trigger, role)

    def follow() -> None:
        name = action.text().replace("&", "").rstrip("…")
        keys = action.shortcut().toString()
        widget.setText(action.iconText())
        widget.setAccessibleName(name)
        widget.setToolTip(f"{name}  ({keys})" if keys else name)
        widget.setEnabled(action.isEnabled())
        if widget.parent() is not None or not action.isVisible():
            widget.setVisible(action.isVisible())  # without a parent it would become a window of its own

    action.changed.connect(follow)
    follow()
    return widget


def line(name: str, *, secret: bool = False, placeholder: str = "") -> QLineEdit:
    """A one-line field; a secret one can be shown for a moment with its eye."""
    field = QLineEdit()
    field.setAccessibleName(name)
    field.setPlaceholderText(placeholder)
    if secret:
        field.setEchoMode(QLineEdit.EchoMode.Password)
        field.setInputMethodHints(Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText)
    return field


class Choice(QComboBox):
    """A drop-down list with a visible arrow."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt; the style sheet has no arrow of its own."""
        super().paintEvent(event)
        _paint_arrow(self)


class Day(QDateEdit):
    """A day with a calendar that drops down, with the same arrow."""

    def __init__(self, name: str, day: QDate) -> None:
        super().__init__(day)
        self.setAccessibleName(name)
        self.setDisplayFormat("d MMM yyyy")
        self.setCalendarPopup(True)
        self.setMinimumWidth(130)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        super().paintEvent(event)
        _paint_arrow(self)


def _paint_arrow(widget: QWidget) -> None:
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(widget.palette().text().color(), 1.6))
    x, y = widget.width() - 18, widget.height() / 2
    painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 2), QPointF(x, y + 2.5), QPointF(x + 4, y - 2)]))


class Check(QCheckBox):
    """A check box whose outline can be seen in both schemes."""

    def __init__(self, content: str = "") -> None:
        super().__init__(content)
        self.setAccessibleName(content)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt; the style's own outline has too little contrast on dark."""
        super().paintEvent(event)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        box = QRectF(self.style().subElementRect(QStyle.SubElement.SE_CheckBoxIndicator, option, self))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().text().color(), 1.4))
        painter.setBrush(self.palette().base())
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
        if self.isChecked():
            painter.setPen(QPen(self.palette().text().color(), 2))
            x, y, w = box.x(), box.y(), box.width()
            tick = ((0.26, 0.52), (0.43, 0.69), (0.75, 0.33))
            painter.drawPolyline(QPolygonF([QPointF(x + a * w, y + b * w) for a, b in tick]))


class Card(QFrame):
    """A centred box of a fixed width that holds a form."""

    def __init__(self, title: str, lead: str, parent: QWidget | None = None, width: int = 460) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.setFixedWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8 * SPACE, 7 * SPACE, 8 * SPACE, 8 * SPACE)
        self.column.setSpacing(SPACE)
        self.title = text(title, "display")
        self.column.addWidget(self.title)
        self.lead = text(lead, "muted")
        self.column.addWidget(self.lead)
        self.column.addSpacing(3 * SPACE)

    def field(self, label: str, widget: QWidget, hint: str = "") -> QLabel:
        """Add a field under its label; returns the hint's label."""
        caption = text(label, "heading")
        caption.setBuddy(widget)
        self.column.addWidget(caption)
        self.column.addWidget(widget)
        below = text(hint, "small")
        below.setVisible(bool(hint))
        self.column.addWidget(below)
        self.column.addSpacing(2 * SPACE)
        return below


def centred(widget: QWidget) -> QWidget:
    """A page with the widget in the middle, a little above the centre."""
    page = QWidget()
    column = QVBoxLayout(page)
    row = QHBoxLayout()
    row.addStretch()
    row.addWidget(widget)  # without an alignment: only so does the height follow the wrapped texts
    row.addStretch()
    column.addStretch(2)
    column.addLayout(row)
    column.addStretch(3)
    return page


class MarkIcon(QWidget):
    """A mark's shape as a widget."""

    def __init__(self, theme: Theme, shape: marks.Shape, ink: Callable[[], str], size: int = 16) -> None:
        super().__init__()
        self._theme = theme
        self.shape = shape
        self.ink = ink
        self._size = size
        self.setFixedSize(QSize(size, size))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """See Qt."""
        painter = QPainter(self)
        marks.paint(painter, self.shape, QRectF(0, 0, self._size, self._size), self.ink(), self._theme.tokens.surface)


_SHAPES = {
    "good": marks.Shape.SUPPORTED,
    "info": marks.Shape.PARTIAL,
    "warning": marks.Shape.PARTIAL,
    "error": marks.Shape.CONTRADICTED,
}


class MessageBar(QFrame):
    """A message in place, with shape, text, and up to one button. Hidden until something is said."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        row = QHBoxLayout(self)
        row.setContentsMargins(3 * SPACE, 2 * SPACE, 3 * SPACE, 2 * SPACE)
        row.setSpacing(3 * SPACE)
        self._icon = MarkIcon(theme, marks.Shape.CONTRADICTED, self._ink, 18)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        self._message = text("", "heading")
        self._remedy = text("")
        for label in (self._message, self._remedy):
            label.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            texts.addWidget(label)
        row.addLayout(texts, 1)
        self._act: Callable[[], None] = lambda: None
        self.button = button("Close", self._on_click)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._kind = "error"
        self.hide()

    @property
    def message(self) -> str:
        """What the bar says, empty if it is hidden."""
        return "" if self.isHidden() else f"{self._message.text()} {self._remedy.text()}".strip()

    def say(
        self,
        kind: str,
        message: str,
        remedy: str = "",
        action: tuple[str, Callable[[], None]] | None = None,
    ) -> None:
        """Show a message of a kind: good, info, warning or error."""
        self._kind = kind
        self._icon.shape = _SHAPES[kind]
        self.setProperty("kind", kind)
        self.style().unpolish(self)
        self.style().polish(self)
        self._message.setText(message)
        self._remedy.setText(remedy)
        self._remedy.setVisible(bool(remedy))
        self.button.setVisible(action is not None)
        if action is not None:
            self.button.setText(action[0])
            self.button.setAccessibleName(action[0].replace("&", ""))
            self._act = action[1]
        self.setAccessibleName(f"{message} {remedy}".strip())
        self.show()
        self._icon.update()

    def error(self, error: AnamnesisError) -> None:
        """Show a declared error."""
        self.say("error", error.message, error.remedy)

    def clear(self) -> None:
        """Say nothing."""
        self.hide()

    def _on_click(self) -> None:
        self._act()

    def _ink(self) -> str:
        t = self._theme.tokens
        return {
            "good": t.supported.ink,
            "info": t.accent,
            "warning": t.partial.ink,
            "error": t.contradicted.ink,
        }[self._kind]
