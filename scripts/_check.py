"""`scripts/check`: the rules, each a function that returns what breaks it."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

from _setup import BUILD_LOCK, DEV_LOCK, ROOT, RUN_LOCK, ensure_environment, venv_python
from _system import SetupError, say

SCRIPTS = ("scripts/run", "scripts/test", "scripts/check", "scripts/build-llama")
LONGEST = 400
BANNED_IMPORTS = {"torch", "transformers", "spacy"}

# Text that reads differently from what it is: direction overrides, zero-width and tag characters, soft hyphen.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]"
)
_REQUIREMENT = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)", re.MULTILINE)
_HOST = re.compile(r"://|^\s*(?:-i|-f|--(?:extra-)?index-url|--find-links|--trusted-host)\b|\s@\s", re.MULTILINE)


def main() -> int:
    """Run all checks; return 1 if one fails."""
    try:
        ensure_environment(testing=True, system=False)
    except SetupError as error:
        say(str(error))
        return 1
    failed = [name for name, check in _checks() if not _passes(name, check)]
    print(f"{len(failed)} checks failed: {', '.join(failed)}" if failed else "all checks passed", flush=True)
    return 1 if failed else 0


def _checks() -> list[tuple[str, Callable[[], str]]]:
    return [
        ("ruff check", lambda: _tool("-m", "ruff", "check", "--quiet", ".", *SCRIPTS)),
        ("ruff format", lambda: _tool("-m", "ruff", "format", "--quiet", "--diff", ".", *SCRIPTS)),
        ("mypy", lambda: _tool("-m", "mypy", "--no-error-summary")),
        ("mypy scripts", lambda: _tool("-m", "mypy", "--no-error-summary", *_script_modules())),
        ("lint-imports", lambda: _tool("-c", "from importlinter.cli import lint_imports_command as c; c()")),
        ("file sizes", lambda: "\n".join(long_files(project_files()))),
        ("invisible characters", lambda: "\n".join(invisible_characters(project_files()))),
        ("banned imports", lambda: "\n".join(banned_imports(project_files()))),
        ("lock files", lambda: "\n".join(lock_troubles())),
    ]


def _passes(name: str, check: Callable[[], str]) -> bool:
    trouble = check()
    print(f"{name:<22} {'FAILED' if trouble else 'ok'}", flush=True)
    if trouble:
        print(trouble, flush=True)
    return not trouble


def _tool(*arguments: str) -> str:
    """Return a tool's words if it fails, else nothing."""
    result = subprocess.run(
        [str(venv_python()), *arguments],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": "scripts", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    words = result.stdout.decode(errors="replace").strip()
    return (words or f"exit status {result.returncode}") if result.returncode else ""


def _script_modules() -> list[str]:
    return sorted(f"scripts/{path.name}" for path in (ROOT / "scripts").glob("_*.py") if path.name != "_python.py")


def project_files() -> list[Path]:
    """Files that are, or would be, under version control."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=False,
    )
    if listing.returncode:
        skipped = {".venv", "__pycache__", ".git", "build", "dist"}
        return sorted(path for path in ROOT.rglob("*") if path.is_file() and not skipped & set(path.parts))
    paths = (ROOT / name for name in listing.stdout.decode().split("\0") if name)
    return sorted(path for path in set(paths) if path.is_file())


def long_files(paths: Sequence[Path]) -> list[str]:
    """Python files of more lines than one thing needs."""
    counts = [(path, len(path.read_bytes().splitlines())) for path in paths if path.suffix == ".py"]
    return [f"{path}: {count} lines, {LONGEST} are allowed" for path, count in counts if count > LONGEST]


def invisible_characters(paths: Sequence[Path]) -> list[str]:
    """Places in text files with characters that hide or reorder what is read."""
    found = []
    for path in paths:
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            found += [f"{path}:{number}: U+{ord(match.group()):04X}" for match in _INVISIBLE.finditer(line)]
    return found


def banned_imports(paths: Sequence[Path]) -> list[str]:
    """Imports below app/ of libraries that must not enter the program."""
    found = []
    for path in paths:
        if path.suffix == ".py" and (ROOT / "app") in path.parents:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
                found += [f"{path}:{node.lineno}: {name}" for name in names if name.split(".")[0] in BANNED_IMPORTS]  # type: ignore[attr-defined] # import nodes have a line
    return found


def lock_troubles(root: Path = ROOT) -> list[str]:
    """Lock files that name hosts, miss a dependency of pyproject.toml, or disagree with each other."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    texts = {name: (root / name).read_text(encoding="utf-8") for name in (RUN_LOCK, DEV_LOCK, BUILD_LOCK)}
    found = [f"{name}: names a host" for name, text in texts.items() if _HOST.search(text)]
    pins = {name: {_plain(key): set() for key, _ in _REQUIREMENT.findall(text)} for name, text in texts.items()}  # type: dict[str, dict[str, set[str]]]
    for name, text in texts.items():
        for key, version in _REQUIREMENT.findall(text):
            pins[name][_plain(key)].add(version)
    wanted = {
        RUN_LOCK: project["dependencies"],
        DEV_LOCK: [*project["dependencies"], *project["optional-dependencies"]["dev"]],
        BUILD_LOCK: project["optional-dependencies"]["build-llama"],
    }
    for name, requirements in wanted.items():
        for requirement in requirements:
            key = _plain(re.split(r"[\s\[<>=!~;]", requirement, maxsplit=1)[0])
            found += [] if key in pins[name] else [f"{name}: lacks {key}"]
    run, dev = pins[RUN_LOCK], pins[DEV_LOCK]
    return found + [f"{DEV_LOCK}: other versions of {key}" for key in sorted(run) if run[key] != dev.get(key)]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
