import sys

import pytest
from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QImage, QPainter

from app.domain.errors import MachineError
from app.domain.note import Support
from app.ui import marks
from app.ui.main import _check_binding
from app.ui.preferences import Preferences
from app.ui.theme import DARK, LIGHT, ThemeChoice, contrast


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_reaches_contrast(tokens):
    poor = {pair: round(contrast(*pair), 2) for pair in tokens.text_pairs() if contrast(*pair) < 4.5}
    assert not poor


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
def test_outlines_of_controls_reach_3_to_1(tokens):
    assert contrast(tokens.outline, tokens.surface) >= 3
    assert contrast(tokens.accent, tokens.surface) >= 3


def test_contrast_agrees_with_wcag_examples():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21, abs=0.01)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def test_theme_can_be_switched_and_remembered(theme, tmp_path):
    theme.choose(ThemeChoice.DARK)
    assert theme.tokens is DARK
    theme.choose(ThemeChoice.LIGHT)
    assert theme.tokens is LIGHT
    preferences = Preferences(tmp_path)
    preferences.theme = ThemeChoice.DARK
    preferences.save()
    assert Preferences(tmp_path).theme is ThemeChoice.DARK


def test_damaged_preferences_mean_the_defaults(tmp_path):
    (tmp_path / "window.ini").write_text("[General]\ntheme=purple\n")
    assert Preferences(tmp_path).theme is ThemeChoice.SYSTEM


def test_marks_differ_without_colour(qapp):
    drawn = {}
    for shape in (marks._SHAPES[s] for s in Support):
        image = QImage(QSize(32, 32), QImage.Format.Format_Grayscale8)
        image.fill(255)
        painter = QPainter(image)
        marks.paint(painter, shape, QRectF(0, 0, 32, 32), "#000000", "#FFFFFF")
        painter.end()
        drawn[shape] = bytes(image.constBits())
    shapes = list(drawn.values())
    for n, one in enumerate(shapes):
        for other in shapes[n + 1 :]:
            different = sum(abs(a - b) > 128 for a, b in zip(one, other, strict=True))
            assert different > 100  # of 1,024 pixels


def test_binding_that_drops_references_is_refused(qapp, monkeypatch):
    """PySide6 6.12.0 ends a Python 3.11 process after some thousand calls; the installed one must not."""
    _check_binding()
    counts = iter([5_000, 4_800])
    monkeypatch.setattr(sys, "getrefcount", lambda _value: next(counts))
    with pytest.raises(MachineError, match="PySide6"):
        _check_binding()
