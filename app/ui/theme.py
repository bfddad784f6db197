"""Colours, spacing and type in one place, light and dark."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication

from app.domain.note import Support

SPACE = 4  # px; every gap is a multiple of it
RADIUS = 6
BODY_POINTS = 10.5


class ThemeChoice(StrEnum):
    """What the person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Tint:
    """A text colour and the background it is made for."""

    ink: str
    paper: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one scheme. Every ink reaches 4.5:1 on every paper it is used on (WCAG 2.2, 1.4.3)."""

    dark: bool
    window: str
    surface: str
    sunken: str
    border: str
    outline: str
    text: str
    muted: str
    accent: str
    on_accent: str
    accent_hover: str
    selection: str
    supported: Tint
    partial: Tint
    unsupported: Tint
    contradicted: Tint
    live: str
    """The recording dot."""

    def mark(self, support: Support) -> Tint:
        """The tint of a mark."""
        return {
            Support.SUPPORTED: self.supported,
            Support.PARTIAL: self.partial,
            Support.UNSUPPORTED: self.unsupported,
            Support.CONTRADICTED: self.contradicted,
        }[support]

    def text_pairs(self) -> list[tuple[str, str]]:
        """Every (ink, paper) pair in use, for the contrast test."""
        papers = (self.window, self.surface, self.sunken, self.selection)
        pairs = [(ink, paper) for ink in (self.text, self.muted, self.accent, self.live) for paper in papers]
        pairs += [(self.on_accent, self.accent), (self.on_accent, self.accent_hover)]
        for tint in (self.supported, self.partial, self.unsupported, self.contradicted):
            pairs += [(tint.ink, paper) for paper in (tint.paper, self.surface, self.window, self.selection)]
            pairs += [(self.text, tint.paper), (self.muted, tint.paper)]
        return pairs


LIGHT = Tokens(
    dark=False,
    window="#F3F5F7",
    surface="#FFFFFF",
    sunken="#E9EDF1",
    border="#D5DBE1",
    outline="#7F8A96",
    text="#18202A",
    muted="#4E5965",
    accent="#0A559E",
    on_accent="#FFFFFF",
    accent_hover="#08457F",
    selection="#DDEBF9",
    supported=Tint("#1C6337", "#E4F3E9"),
    partial=Tint("#744600", "#FFF0D2"),
    unsupported=Tint("#563788", "#EFE9FA"),
    contradicted=Tint("#9C131A", "#FDE6E6"),
    live="#BE1622",
)

DARK = Tokens(
    dark=True,
    window="#13171C",
    surface="#1A1F26",
    sunken="#0F1216",
    border="#343D47",
    outline="#7C8997",
    text="#E6EAEF",
    muted="#A9B4C0",
    accent="#84BBF4",
    on_accent="#0A1420",
    accent_hover="#A9D0F8",
    selection="#20374F",
    supported=Tint("#85D6A5", "#18301F"),
    partial=Tint("#F4C56B", "#382B10"),
    unsupported=Tint("#CBB3F5", "#2B2340"),
    contradicted=Tint("#FFA6A6", "#421A1C"),
    live="#FF8080",
)


def contrast(ink: str, paper: str) -> float:
    """Contrast ratio of two sRGB colours, 1 to 21 (WCAG 2.2, relative luminance)."""

    def luminance(name: str) -> float:
        channels = (QColor(name).redF(), QColor(name).greenF(), QColor(name).blueF())
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(ink), luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Theme(QObject):
    """The scheme in use; follows the system until a person chooses."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        font = application.font()
        font.setPointSizeF(max(font.pointSizeF(), BODY_POINTS))
        application.setFont(font)
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self.tokens = LIGHT
        self.choose(choice)

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose."""
        return self._choice

    def choose(self, choice: ThemeChoice) -> None:
        """Switch the scheme now, for the system's own dialogs and frames too."""
        self._choice = choice
        scheme = {ThemeChoice.LIGHT: Qt.ColorScheme.Light, ThemeChoice.DARK: Qt.ColorScheme.Dark}
        self._application.styleHints().setColorScheme(scheme.get(choice, Qt.ColorScheme.Unknown))
        self._apply()

    @property
    def point_size(self) -> float:
        """Size of the body font in points."""
        return float(self._application.font().pointSizeF())

    def font(self, scale: float = 1.0, *, bold: bool = False) -> QFont:
        """The body font, scaled."""
        font = QFont(self._application.font())
        font.setPointSizeF(font.pointSizeF() * scale)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def _apply(self) -> None:
        system_dark = self._application.styleHints().colorScheme() is Qt.ColorScheme.Dark
        dark = self._choice is ThemeChoice.DARK or (self._choice is ThemeChoice.SYSTEM and system_dark)
        self.tokens = DARK if dark else LIGHT
        self._application.setPalette(_palette(self.tokens))
        self._application.setStyleSheet(_style_sheet(self.tokens, self._application.font().pointSizeF()))
        self.changed.emit()


def _palette(t: Tokens) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for name, colour in {
        role.Window: t.window,
        role.WindowText: t.text,
        role.Base: t.surface,
        role.AlternateBase: t.sunken,
        role.Text: t.text,
        role.PlaceholderText: t.muted,
        role.Button: t.surface,
        role.ButtonText: t.text,
        role.BrightText: t.contradicted.ink,
        role.Highlight: t.accent,
        role.HighlightedText: t.on_accent,
        role.ToolTipBase: t.surface,
        role.ToolTipText: t.text,
        role.Link: t.accent,
        role.LinkVisited: t.accent,
        role.Light: t.surface,
        role.Midlight: t.border,
        role.Mid: t.border,
        role.Dark: t.outline,
        role.Shadow: t.sunken,
        role.Accent: t.accent,
    }.items():
        palette.setColor(name, QColor(colour))
    for name in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(t.outline))
    return palette


def _style_sheet(t: Tokens, points: float) -> str:
    return f"""
QLabel[role="display"] {{ font-size: {points * 1.75:.1f}pt; font-weight: 600; }}
QLabel[role="clock"] {{ font-size: {points * 2.6:.1f}pt; font-weight: 600; }}
QLabel[role="title"] {{ font-size: {points * 1.35:.1f}pt; font-weight: 600; }}
QLabel[role="heading"] {{ font-weight: 600; }}
QLabel[role="muted"] {{ color: {t.muted}; }}
QLabel[role="small"] {{ color: {t.muted}; font-size: {points * 0.9:.1f}pt; }}
QLabel[role="key"] {{ font-family: monospace; font-size: {points * 1.1:.1f}pt; }}
QLabel[role="code"] {{ font-family: monospace; font-size: {points * 1.45:.1f}pt; font-weight: 600;
  background: {t.sunken}; border: 1px solid {t.border}; border-radius: {RADIUS}px; padding: 14px; }}
QFrame[role="card"] {{ background: {t.surface}; border: 1px solid {t.border}; border-radius: {RADIUS + 4}px; }}
QFrame[role="pane"] {{ background: {t.surface}; border: 1px solid {t.border}; border-radius: {RADIUS}px; }}
QFrame[role="bar"] {{ background: {t.surface}; border: none; border-top: 1px solid {t.border}; }}
QFrame[role="live"] {{ background: {t.surface}; border: none; border-bottom: 1px solid {t.border}; }}
QFrame[role="office"] {{ background: {t.window}; border: none; border-bottom: 1px solid {t.border}; }}
QFrame[role="strip"] {{ background: {t.surface}; border: 1px solid {t.outline}; }}
QFrame[role="sign"] {{ border: none; border-radius: {RADIUS}px; }}
QFrame[role="sign"][held="true"] {{ background: {t.partial.paper}; }}
QFrame[role="sign"][held="true"] QLabel {{ color: {t.partial.ink}; }}
QFrame[role="now"] {{ background: {t.sunken}; border: none; border-radius: {RADIUS}px; }}
QFrame[role="side"] {{ background: {t.window}; border: none; border-right: 1px solid {t.border}; }}
QFrame[kind="info"] {{ background: {t.selection}; border: 1px solid {t.accent}; border-radius: {RADIUS}px; }}
QFrame[kind="good"] {{ background: {t.supported.paper}; border: 1px solid {t.supported.ink};
  border-radius: {RADIUS}px; }}
QFrame[kind="warning"] {{ background: {t.partial.paper}; border: 1px solid {t.partial.ink};
  border-radius: {RADIUS}px; }}
QFrame[kind="error"] {{ background: {t.contradicted.paper}; border: 1px solid {t.contradicted.ink};
  border-radius: {RADIUS}px; }}
QPushButton {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.outline}; border-radius: {RADIUS}px;
  padding: 6px 14px; min-height: 20px; }}
QPushButton:hover {{ background: {t.sunken}; }}
QPushButton:pressed {{ background: {t.selection}; }}
QPushButton:focus {{ border: 2px solid {t.accent}; padding: 5px 13px; }}
QPushButton:disabled {{ color: {t.outline}; border-color: {t.border}; background: {t.window}; }}
QPushButton[role="primary"] {{ background: {t.accent}; color: {t.on_accent}; border-color: {t.accent};
  font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {t.accent_hover}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {t.text}; }}
QPushButton[role="primary"]:disabled {{ background: {t.sunken}; color: {t.outline}; border-color: {t.border}; }}
QPushButton:checked {{ background: {t.selection}; border: 2px solid {t.accent}; padding: 5px 13px; }}
QPushButton[role="tab"] {{ background: transparent; border-color: transparent; }}
QPushButton[role="tab"]:hover {{ background: {t.sunken}; }}
QPushButton[role="tab"]:checked {{ background: {t.selection}; border: 1px solid {t.selection}; padding: 6px 14px;
  color: {t.accent}; }}
QPushButton[role="tab"]:focus {{ border: 2px solid {t.accent}; padding: 5px 13px; }}
QFrame[role="setting"] {{ border: none; border-top: 1px solid {t.border}; }}
QFrame[role="setting"][first="true"] {{ border: none; }}
QPushButton[role="quiet"] {{ border-color: {t.border}; }}
QPushButton[role="flush"] {{ background: transparent; border: 2px solid transparent; color: {t.accent};
  padding: 3px 0; text-align: left; }}
QPushButton[role="flush"]:hover {{ text-decoration: underline; }}
QPushButton[role="flush"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[role="sign"] {{ background: transparent; border: 2px solid transparent; color: {t.muted};
  padding: 3px 4px 3px 22px; text-align: left; font-size: {points * 0.9:.1f}pt; }}
QPushButton[role="sign"]:hover {{ text-decoration: underline; }}
QPushButton[role="sign"]:focus {{ border: 2px solid {t.accent}; }}
QPushButton[role="link"] {{ background: transparent; border: 2px solid transparent; color: {t.accent}; padding: 4px 6px;
  text-align: left; }}
QPushButton[role="link"]:hover {{ text-decoration: underline; }}
QPushButton[role="link"]:focus {{ border: 2px solid {t.accent}; }}
QLineEdit, QPlainTextEdit, QComboBox {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.outline};
  border-radius: {RADIUS}px; padding: 6px 8px; selection-background-color: {t.accent};
  selection-color: {t.on_accent}; }}
QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border: 2px solid {t.accent}; padding: 5px 7px; }}
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled {{ color: {t.outline}; border-color: {t.border}; }}
QComboBox::drop-down {{ border: none; width: 24px; }}
QComboBox QAbstractItemView {{ background: {t.surface}; border: 1px solid {t.outline}; outline: none;
  selection-background-color: {t.selection}; selection-color: {t.text}; }}
QCheckBox {{ spacing: 8px; padding: 4px; border: 2px solid transparent; border-radius: {RADIUS}px; }}
QCheckBox:focus {{ border-color: {t.accent}; }}
QListView {{ background: transparent; border: none; outline: none; }}
QTableView {{ background: transparent; border: none; outline: none; selection-background-color: {t.selection};
  selection-color: {t.text}; }}
QHeaderView {{ background: transparent; }}
QHeaderView::section {{ background: {t.surface}; color: {t.muted}; border: none; border-bottom: 1px solid {t.border};
  padding: 6px 4px; font-weight: 600; }}
QDateEdit {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.outline}; border-radius: {RADIUS}px;
  padding: 6px 8px; }}
QDateEdit::drop-down {{ border: none; width: 24px; }}
QDateEdit:focus {{ border: 2px solid {t.accent}; padding: 5px 7px; }}
QDateEdit:disabled {{ color: {t.outline}; border-color: {t.border}; }}
QProgressBar {{ background: {t.sunken}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 3px; }}
QSplitter::handle {{ background: transparent; }}
QScrollBar:vertical {{ background: transparent; width: 12px; margin: 2px; }}
QScrollBar::handle:vertical {{ background: {t.outline}; border-radius: 4px; min-height: 32px; }}
QScrollBar::add-line:vertical, QScrollBar::sub-line:vertical {{ height: 0; }}
QScrollBar::add-page:vertical, QScrollBar::sub-page:vertical {{ background: transparent; }}
QMenuBar {{ background: {t.window}; color: {t.text}; border-bottom: 1px solid {t.border}; padding: 2px 6px; }}
QMenuBar::item {{ padding: 5px 10px; border-radius: {RADIUS}px; background: transparent; }}
QMenuBar::item:selected {{ background: {t.selection}; }}
QMenu {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.outline}; padding: 4px; }}
QMenu::item {{ padding: 6px 28px 6px 24px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.selection}; color: {t.text}; }}
QMenu::item:disabled {{ color: {t.outline}; }}
QMenu::separator {{ height: 1px; background: {t.border}; margin: 4px 8px; }}
QToolTip {{ background: {t.surface}; color: {t.text}; border: 1px solid {t.outline}; padding: 4px 6px; }}
"""
