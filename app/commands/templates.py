"""`anamnesis templates`: list, show and check note types; make one from another, or learn it from an example note."""

import argparse
import re
import textwrap
from pathlib import Path

from app.commands.choices import template_folders
from app.commands.output import print_json
from app.domain.errors import InputError
from app.settings import find_paths

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_TYPE = re.compile(r'^(\s*type\s*=\s*)(?:"[^"\n]*"|\'[^\'\n]*\')', re.MULTILINE)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command and its parts."""
    parser = subparsers.add_parser("templates", help="note types", description=__doc__)
    parts = parser.add_subparsers(title="parts", metavar="PART", required=True)
    known = ", ".join(template_folders(None).ids()).replace("%", "%%")
    listing = parts.add_parser("list", help="list the note types", description="Names, titles, and what is wrong.")
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=run_list)
    show = parts.add_parser("show", help="print a note type's file", description=f"Known here: {known}")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=run_show)
    check = parts.add_parser("check", help="say whether a file is well formed, and what it shows")
    check.add_argument("file", type=Path, metavar="FILE")
    check.set_defaults(run=run_check)
    new = parts.add_parser("new", help="make a note type of your own from another one")
    new.add_argument("id", metavar="ID", help="small letters, digits and hyphens")
    new.add_argument("--from", dest="source", default="history-and-physical", metavar="ID", help=f"one of: {known}")
    new.set_defaults(run=run_new)
    learning = parts.add_parser("learn", help="make a note type from the headings of an example note")
    learning.add_argument("example", type=Path, metavar="EXAMPLE", help="plain text or Markdown; nothing of it is kept")
    learning.add_argument("--as", dest="id", required=True, metavar="ID", help="small letters, digits and hyphens")
    learning.set_defaults(run=run_learn)


def run_list(arguments: argparse.Namespace) -> int:
    """List the note types; a file that is not well formed is listed with its fault."""
    folders = template_folders(arguments.data_dir)
    files = folders.files()
    if arguments.json:
        print_json(
            {
                "folder": str(folders.own),
                "templates": [
                    {
                        "id": file.id,
                        "title": file.template.title if file.template else None,
                        "origin": file.origin.value,
                        "sections": [title for _, title in file.template.printed] if file.template else None,
                        "fault": file.fault or None,
                    }
                    for file in files
                ],
            }
        )
        return 0
    for file in files:
        title = file.template.title if file.template else "NOT USABLE"
        print(f"{file.id:<24} {title:<28} {file.origin.value}")
        if file.fault:
            print(textwrap.fill(file.fault, 100, initial_indent="    ", subsequent_indent="    "))
    print(f"Your own note types lie in {folders.own}.")
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Print the file as it is."""
    from app.drafting.templates.template_reading import template_text

    found = template_folders(arguments.data_dir).find(arguments.id)
    print(template_text(found.path), end="")
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Raises `InputError` with the fault, or says what the note type shows."""
    from app.drafting.templates.template import load_template

    path: Path = arguments.file
    if path.suffix != ".toml":
        raise InputError(f"{path.name} is no template file.", "Its name must end in .toml.")
    template = load_template(str(path.absolute()))
    asked = sum(len(section.form) for section in template.sections)
    quoted = sum(len(section.fields) for section in template.sections) - asked
    print(f"{path.name} is well formed: {template.title}; {asked} fields asked for, {quoted} only quoted.")
    print("Sections: " + "; ".join(title for _, title in template.printed) + ".")
    hidden = [f.name for s in template.sections for f in s.fields if template.headings and not f.under]
    if hidden:
        print("Not shown: " + "; ".join(hidden) + ".")
    return 0


def run_new(arguments: argparse.Namespace) -> int:
    """Copy a note type under a new name into the own folder."""
    from app.drafting.templates.template_reading import template_text

    source = template_folders(arguments.data_dir).find(arguments.source)
    text = _TYPE.sub(lambda m: f'{m[1]}"{arguments.id}"', template_text(source.path), count=1)
    path = _store(arguments, text)
    print(f"Written: {path}")
    print("Edit it, then try it: anamnesis templates check FILE, anamnesis draft TRANSCRIPT --template " + arguments.id)
    return 0


def run_learn(arguments: argparse.Namespace) -> int:
    """Recognise the headings of an example note and write a note type with them."""
    from app.drafting.templates.learned_template import learn
    from app.exchange.input_file import read_text_file

    _check_new(arguments)
    learned = learn(read_text_file(arguments.example, "example note"), arguments.id)
    if learned is None:
        raise InputError(
            "Fewer than two headings of the example are known.",
            "Write each heading on a line of its own or before a colon, or begin with 'anamnesis templates new'.",
        )
    path = _store(arguments, learned.text)
    print(f"Written: {path}")
    print("Headings: " + "; ".join(learned.titles) + ".")
    if learned.by_problem:
        print("Assessment and plan are grouped by problem.")
    if learned.unknown:
        lines = ", ".join(map(str, learned.unknown))
        print(f"Not known, so left out: what stands in line {lines}. Add such sections by hand.")
    return 0


def _check_new(arguments: argparse.Namespace) -> Path:
    """Return the file that a new note type goes into. Raises `InputError` if the name is taken or impossible."""
    name: str = arguments.id
    if not _ID.fullmatch(name):
        raise InputError("This name is not possible.", "Use small letters, digits and hyphens, 60 at most.")
    if name in template_folders(arguments.data_dir).ids():
        raise InputError(f"There is a note type called {name} already.", "Choose another name.")
    return find_paths(arguments.data_dir).templates / f"{name}.toml"


def _store(arguments: argparse.Namespace, text: str) -> Path:
    """Write a template file that reads back well formed. Raises `InputError`, `MachineError`."""
    from app.drafting.templates.template_reading import template_from_text
    from app.exchange.private_file import write_export

    path = _check_new(arguments)
    template_from_text(text, path.name, path.stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_export(path, text)
    return path
