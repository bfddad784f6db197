"""Note types: which sections a note has, what each asks for, and where what was found is printed."""

from dataclasses import dataclass
from pathlib import Path

from app.domain.transcript import Speaker
from app.settings import RESOURCES

TEMPLATES = RESOURCES / "templates"
ROLES = ("", "denied", "symptoms", "family", "rest", "vital", "result")
KINDS = (
    *("symptom", "condition", "finding", "test", "procedure", "therapy", "plan", "specialist", "social", "measure"),
    "drug",
)
READERS = ("", "patient")


@dataclass(frozen=True, slots=True)
class Field:
    """A line of a section's form.

    `say` is the sentence with `{}` for the content; `none` the sentence for "there is none", if that is worth saying;
    `role` is one of `ROLES`; `kinds` are the kinds of clinical words that belong here, with `strict` nothing else.
    `asked` are words of the clinician's question whose answer is quoted if the field is empty; with `form` false the
    model is never asked, with `number` only an answer with a number counts.
    With `exchange` that answer is quoted together with its question, each time one is asked.
    `names` are clinical concepts: what the patient says with them is quoted likewise.
    `key` is the short label that the model writes (`name` if empty), `hint` tells it what belongs there. A field is
    asked of a passage in which one of the words `when` or a word of the `kinds` is said, with `first` only of the
    first passage; without `when` and `kinds` of every passage.
    `said` are words by which a sentence of its speaker (the section's `said_by`, else the patient) is quoted.
    `under` is the key of the heading that shows it, in note types with headings of their own; '' there hides it.
    """

    name: str
    say: str
    none: str = ""
    role: str = ""
    kinds: tuple[str, ...] = ()
    strict: bool = False
    asked: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    form: bool = True
    exchange: bool = False
    number: bool = False
    key: str = ""
    hint: str = ""
    when: tuple[str, ...] = ()
    first: bool = False
    said: tuple[str, ...] = ()
    under: str = ""

    @property
    def label(self) -> str:
        """What the model writes before the field's phrases."""
        return self.key or self.name


@dataclass(frozen=True, slots=True)
class SectionTemplate:
    """One section: its question to the model, its fields, who must have said it, and what to quote if all fails.

    `complete` names the kinds of clinical words by which sentences that no statement rests on are quoted after all, if
    one of the `cues` is in them (any, if there are no cues).
    """

    key: str
    title: str
    ask: str
    fields: tuple[Field, ...]
    most_per_field: int
    said_by: Speaker | None = None
    quotes: tuple[str, ...] = ()
    complete: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()

    @property
    def form(self) -> tuple[Field, ...]:
        """The fields that the model fills in; there may be none."""
        return tuple(f for f in self.fields if f.form)

    def field_with(self, role: str) -> Field | None:
        """The field that plays a role, or None."""
        return next((f for f in self.fields if f.role == role), None)


@dataclass(frozen=True, slots=True)
class Heading:
    """A section of the finished note. `fields` are "section.field" in the order of printing.

    An `optional` heading is left out while nothing stands under it. `loinc` is the section's LOINC code, if known.
    """

    key: str
    title: str
    fields: tuple[str, ...] = ()
    optional: bool = False
    loinc: str = ""


@dataclass(frozen=True, slots=True)
class Template:
    """A note type. `sections` are what is asked and sorted; `headings` how it is printed (none: as `sections`).

    `by_problem` are the keys of headings whose statements are grouped by problem. `reader` is 'patient' for a note
    that the patient reads, else ''. `loinc` is the document's LOINC code.
    """

    type: str
    title: str
    sections: tuple[SectionTemplate, ...]
    headings: tuple[Heading, ...] = ()
    by_problem: tuple[str, ...] = ()
    reader: str = ""
    loinc: str = ""

    @property
    def printed(self) -> tuple[tuple[str, str], ...]:
        """Key and title of each section of the finished note, in order."""
        return tuple((part.key, part.title) for part in self.headings or self.sections)


def template_ids(folder: Path = TEMPLATES) -> tuple[str, ...]:
    """Names that `load_template` knows, in alphabetical order."""
    return tuple(sorted(file.stem for file in folder.glob("*.toml")))


def load_template(template: str = "soap", folder: Path = TEMPLATES) -> Template:
    """Read a note type by its name, or from the file named by a path.

    Raises:
        InputError: it is unknown, cannot be read or is not well formed; one line names file, place and fault.
    """
    from app.drafting.templates.template_reading import read_template

    return read_template(template, folder)
