"""Spoken and typed words inside a Markdown document: they stay words, whatever signs they contain."""

import re

from app.exchange.one_line import one_line

_INLINE = re.compile(r"([\\`*_\[\]|~$@])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_AUTOLINK = re.compile(r"(?i)(https?|ftp|mailto|xmpp)(:)|\b(www)(\.)")
_LINE_START = re.compile(r"^([-+#>=:])")
_LIST_NUMBER = re.compile(r"^(\d{1,9})([.)])")
_LINE_END = re.compile(r"(?<!\\)(#+)$")


def escape_markdown(text: str) -> str:
    """Return the text as one line that CommonMark renders as exactly these words.

    No heading, list, quotation, emphasis, code, link, table cell, footnote, entity or HTML comes of it, also at the
    start of a line or the end of a heading (CommonMark 0.31, sections 2.4, 4 and 6). Tags become entities, because
    some renderers do not know `\\<`; a `<` that cannot begin a tag ("< 140") stays readable. White space is joined;
    see `one_line`.
    """
    line = _ENTITY.sub("&amp;", one_line(text))
    line = _INLINE.sub(r"\\\1", line)
    line = _TAG.sub("&lt;", line)
    line = _AUTOLINK.sub(lambda m: f"{m[1] or m[3]}\\{m[2] or m[4]}", line)
    line = _LIST_NUMBER.sub(r"\1\\\2", line)
    return _LINE_END.sub(r"\\\1", _LINE_START.sub(r"\\\1", line))
