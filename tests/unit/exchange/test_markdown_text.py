"""Escaped words, rendered by a CommonMark parser, are exactly the words again, and never markup."""

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from app.exchange.markdown_text import escape_markdown
from app.exchange.one_line import one_line

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
MARKUP = st.lists(
    st.sampled_from(
        [
            *"\\`*_{}[]()<>#+-.!|~&=:\"'$@^ \n\t12ab",
            "<script>",
            "</p>",
            "<!--",
            "](http://x)",
            "![",
            "[^1]",
            "&lt;",
            "&#35;",
            "```",
            "1.",
            "2)",
            "---",
            "http://x.y",
            "www.x.y",
            "    ",
            "\u2028",
            "\u00a0",
            " #",
        ]
    ),
    max_size=12,
).map("".join)


def rendered(template: str, text: str) -> str:
    return RENDERER.render(template.format(escape_markdown(text)))


def words(page: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", page)).strip()


@settings(deadline=None, max_examples=400)
@given(MARKUP | st.text(max_size=40))
@example("# heading")
@example("12. list")
@example("C# ##")
@example("[x](javascript:alert(1))")
@example("<img src=x onerror=y>")
@example("~~gone~~ **bold** `code` a|b")
def test_words_stay_words_in_list_heading_and_paragraph(text: str) -> None:
    for template, tags in (
        ("- {}", {"ul", "li"}),
        ("## {}", {"h2"}),
        ("{}", {"p"}),
        ("> {}", {"blockquote", "p"}),
        ("- before\n- {}\n- after", {"ul", "li"}),
    ):
        page = rendered(template, text)
        assert set(re.findall(r"</?([a-z0-9]+)", page)) <= tags
        expected = one_line(text)
        found = words(page)
        assert expected in found if "before" in template else found == expected.strip()


@pytest.mark.parametrize("text", ["BP < 140 and > 90", "Pain 3/10 (better).", "Q&A, 1.5 mg", "well-known - yes"])
def test_ordinary_sentences_stay_readable_in_source(text: str) -> None:
    assert escape_markdown(text) == text


@pytest.mark.parametrize("c", ["\x1b", "\x00", "\x9b", "\u202e", "\u2066", "\ud800"])
def test_one_line_replaces_what_steers(c: str) -> None:
    assert one_line(f"5{c}0") == "5\N{REPLACEMENT CHARACTER}0"


@given(st.text())
def test_one_line_loses_no_letter_or_digit(text: str) -> None:
    shown = one_line(text)
    assert [c for c in shown if c.isalnum()] == [c for c in text if c.isalnum()]
    assert len(shown.splitlines()) <= 1
    assert one_line(shown) == shown
