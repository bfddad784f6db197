"""What is said and not in the note as JSON values."""

from collections.abc import Iterable

from app.domain.unnoted import Unnoted


def missing_to_json(found: Iterable[Unnoted]) -> list[dict[str, object]]:
    """Return the value of `missing`: one object for each entry, best first, with evidence, kind and text."""
    return [{"evidence": list(u.evidence), "kind": u.kind.value, "text": u.text} for u in found]
