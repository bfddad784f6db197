"""Options that several commands share: models, vocabulary, engine process."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.style_options import style_from
from app.domain.errors import AnamnesisError, InputError
from app.domain.work import CancelToken
from app.drafting.templates.template_files import TemplateFolders
from app.policy import load_policy
from app.settings import find_paths
from app.visit.choice import Choice, language_model_of

if TYPE_CHECKING:
    from app.engine.supervisor import Engine


def add_language_model_option(parser: argparse.ArgumentParser) -> None:
    """Add `--model`, as the commands that draft take it."""
    parser.add_argument("--model", dest="language_model", metavar="ID", help="language model")


def add_model_options(parser: argparse.ArgumentParser) -> None:
    """Add `--model` and `--speech-model`, as the commands take them that use both kinds."""
    add_language_model_option(parser)
    add_speech_model_option(parser)


def add_speech_model_option(parser: argparse.ArgumentParser) -> None:
    """Add `--speech-model`."""
    parser.add_argument("--speech-model", metavar="ID", help="speech model (see 'anamnesis models list')")


def add_draft_options(parser: argparse.ArgumentParser, draft: str) -> None:
    """Add `--draft/--no-draft`, whose help is `draft`, and `--draft-ahead/--no-draft-ahead`."""
    yes_or_no = argparse.BooleanOptionalAction
    parser.add_argument("--draft", action=yes_or_no, default=True, help=draft)
    parser.add_argument(
        "--draft-ahead", action=yes_or_no, default=True, help="prepare the draft while the visit goes on"
    )


def add_speech_options(parser: argparse.ArgumentParser) -> None:
    """Add `--vocabulary` and `--speakers/--no-speakers`."""
    parser.add_argument("--vocabulary", type=Path, metavar="FILE", help="words to expect, one on a line")
    parser.add_argument(
        "--speakers", action=argparse.BooleanOptionalAction, default=True, help="tell clinician and patient apart"
    )


def add_template_option(parser: argparse.ArgumentParser) -> None:
    """Add `--template ID`; the help names the note types that are there."""
    known = ", ".join(template_folders(None).ids())
    parser.add_argument(
        "--template",
        default="soap",
        metavar="ID",
        help=f"note type, or the path of a template file (default: soap). Known here: {known}".replace("%", "%%"),
    )


def template_folders(data_dir: Path | None) -> TemplateFolders:
    """Where further note types lie: the data folder's own, and the organisation's if its policy names a folder."""
    try:
        named = load_policy().templates_folder
    except AnamnesisError:
        named = ""  # a policy that is not understood stops what depends on it, not the list of note types
    return TemplateFolders(find_paths(data_dir).templates, Path(named) if named else None)


def template_from(arguments: argparse.Namespace) -> str:
    """Return the note type named on the command line, as `Choice.template` takes it. Raises `InputError`."""
    named = getattr(arguments, "template", None) or Choice().template
    return template_folders(getattr(arguments, "data_dir", None)).find(named).choice


def read_vocabulary(path: Path | None) -> tuple[str, ...]:
    """Return the words of a vocabulary file, one a line; `#` starts a comment. Raises `InputError`."""
    if path is None:
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"The vocabulary file {path.name} cannot be read.", "It must be UTF-8 text.") from error
    words = (line.split("#")[0].strip() for line in lines)
    return tuple(word for word in words if word)


def choice_from(arguments: argparse.Namespace) -> Choice:
    """Return the models and options named on the command line."""
    default = Choice()
    return Choice(
        speech_model=getattr(arguments, "speech_model", None) or default.speech_model,
        language_model=language_model_of(load_policy(), getattr(arguments, "language_model", None)),
        template=template_from(arguments),
        vocabulary=read_vocabulary(getattr(arguments, "vocabulary", None)),
        speakers=getattr(arguments, "speakers", True),
        draft_ahead=getattr(arguments, "draft", True) and getattr(arguments, "draft_ahead", True),
        style=style_from(arguments),
    )


@contextmanager
def engine_process(arguments: argparse.Namespace) -> Iterator[tuple["Engine", CancelToken]]:
    """Yield an engine and a cancel token; the process ends with the block, also on Ctrl-C."""
    from app.engine.supervisor import Engine

    engine = Engine(find_paths(arguments.data_dir).models)
    try:
        yield engine, CancelToken()
    finally:
        engine.close()
