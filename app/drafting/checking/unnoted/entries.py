"""Entries of the list of what was said and is not in the note: which say the same."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from app.domain.unnoted import Unnoted
from app.drafting.checking.hearing.spoken_pieces import plain
from app.drafting.spoken.exchanges import content_stems

_MOST_WORDS = 0.6
"""Share of an answer's words that an entry must have for the answer not to need one of its own."""

Found = tuple[float, Unnoted, frozenset[int]]
"""Weight, entry, and the numbers of its utterances."""


def is_quoted(places: Iterable[int], stems: Iterable[str], entries: Iterable[Found]) -> bool:
    """Whether entries on these utterances have most of the words; an utterance without any needs only an entry."""
    here = set(places)
    texts = [entry.text for _, entry, within in entries if here & within]
    told, held = set(stems), {s for text in texts for s in content_stems(text)}
    return bool(texts) and len(told & held) >= _MOST_WORDS * len(told)


def without_repeats(found: Sequence[Found]) -> list[Found]:
    """Without entries whose words are part of another's; the longer one takes the more important kind."""
    kept: list[Found] = []
    for weight, entry, places in sorted(found, key=lambda item: -len(item[1].text)):
        words_ = _quoted(entry.text)
        at = next((i for i, k in enumerate(kept) if places <= k[2] and words_ in _quoted(k[1].text)), None)
        if at is None:
            kept.append((weight, entry, places))
        elif entry.kind.rank < kept[at][1].kind.rank:
            kept[at] = (max(weight, kept[at][0]), replace(kept[at][1], kind=entry.kind), kept[at][2])
    return kept


def _quoted(text: str) -> str:
    """What a text quotes, in comparable form."""
    _, _, quote = text.partition(': "')
    return plain(quote or text).strip()
