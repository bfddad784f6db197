"""What a person chose for the draft of one visit before or while it was recorded. JSON beside it.

Stored alone it is "anamnesis.draft-choice/1". Keys and choices that are not known are ignored.
"""

from dataclasses import dataclass

from app.domain.json_reading import check_schema, member, read_object, read_string
from app.domain.style import NO_WISH, Form, Length, StyleWish, Wording, chosen

SCHEMA = "anamnesis.draft-choice/1"


@dataclass(frozen=True, slots=True)
class DraftChoice:
    """`template` is the name of a shipped note type or the path of a template file; `style` the choices made on it."""

    template: str
    style: StyleWish = NO_WISH


def draft_choice_to_json(choice: DraftChoice) -> dict[str, object]:
    """Return it as a JSON object; what was left open is not named."""
    style = {name: getattr(choice.style, name) for name in ("length", "form", "wording")}
    return {
        "schema": SCHEMA,
        "template": choice.template,
        "style": {name: value.value for name, value in style.items() if value is not None},
    }


def draft_choice_from_json(data: object) -> DraftChoice:
    """Read it. Raises `InputError`, `VersionError` for a schema of a newer program."""
    item = read_object(data, "draft choice")
    check_schema(item, SCHEMA, "draft choice")
    style = read_object(item.get("style", {}), "draft choice.style")
    length, form, wording = (
        read_string(style.get(name, ""), f"draft choice.style.{name}") for name in ("length", "form", "wording")
    )
    return DraftChoice(
        read_string(member(item, "template", "draft choice"), "draft choice.template"),
        StyleWish(chosen(Length, length), chosen(Form, form), chosen(Wording, wording)),
    )
