"""Copied text is cleared after a minute if it is still ours."""

from app.domain.clipboard import CLEAR_AFTER, copied


def test_due_after_a_minute():
    note = copied("words", 100.0)
    assert not note.due(100.0 + CLEAR_AFTER - 0.1)
    assert note.due(100.0 + CLEAR_AFTER)


def test_only_our_own_text_is_ours():
    note = copied("words \ud800", 0.0)
    assert note.is_in("words \ud800")
    assert not note.is_in("other words")
    assert not note.is_in("")


def test_text_itself_is_not_kept():
    assert "Zanzibarquelle" not in repr(copied("Zanzibarquelle", 0.0))
    assert copied("a", 0.0).digest != copied("a", 0.0).digest
