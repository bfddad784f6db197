"""Where final text differs from what had been shown as settled."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from app.domain.live import Correction
from app.domain.words import Word


def plain(word: Word) -> str:
    """Return a word as it is compared: letters and digits in lower case, or its signs if it has none."""
    return re.sub(r"[^\w']+", "", word.text).lower() or word.text.strip()


def corrections(shown: Sequence[Word], final: Sequence[Word]) -> tuple[Correction, ...]:
    """Return the differences between words shown as settled and the final words of the same stretch.

    Final words after the last one that was shown are no corrections: nothing had been said about them.
    """
    if not shown:
        return ()
    blocks = SequenceMatcher(None, [plain(w) for w in shown], [plain(w) for w in final], autojunk=False).get_opcodes()
    found = []
    for tag, a, b, c, d in blocks:
        if tag == "equal" or (tag == "insert" and a == len(shown)):
            continue
        at = final[c].start if c < d else shown[a].start
        found.append(Correction(float(at), _text(shown[a:b]), _text(final[c:d])))
    return tuple(found)


def _text(words: Sequence[Word]) -> str:
    return "".join(w.text for w in words).strip()
