"""What a visit is drafted as: what was chosen when it began stays with it, also over a crash."""

from pathlib import Path

from app.domain.draft_choice import DraftChoice
from app.domain.errors import InputError
from app.domain.ports import EncounterStore
from app.drafting.templates.template import load_template


def kept_choice(store: EncounterStore, encounter_id: str, named: DraftChoice) -> DraftChoice:
    """Return what was chosen for the visit first; if nothing was, `named`, which is kept from now on."""
    kept = store.draft_choice(encounter_id)
    if kept is None:
        store.choose_draft(encounter_id, named)
    return kept or named


def usable(kept: DraftChoice, named: DraftChoice) -> tuple[DraftChoice, str]:
    """Return what can be drafted, and a sentence if it is another note type than the one that was kept.

    A file of a note type may be gone by the time of a recovery; the visit then still gets its note.

    Raises `InputError` if `named` cannot be used either.
    """
    try:
        load_template(kept.template)
    except InputError:
        if kept.template == named.template:
            raise
        title = load_template(named.template).title
        name = "".join(c if c.isprintable() else "?" for c in Path(kept.template).stem)
        words = f"The note type chosen for this visit, {name}, cannot be used any more; it is drafted as {title}."
        return DraftChoice(named.template, kept.style), words
    return kept, ""
