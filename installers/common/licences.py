"""Licences of the third-party distributions in a frozen program. Run with the Python whose packages were frozen.

Prints JSON: for each distribution found in the folder its name, version, licence, home page and licence files.
"""

import importlib.metadata
import json
import re
import sys
from pathlib import Path

NOTICE = re.compile(r"^\W*(copyright\b.*\d{4}.*)$", re.IGNORECASE | re.MULTILINE)
LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
OWN = "anamnesis"


def frozen_modules(bundle: Path, work: Path) -> set[str]:
    """Top-level modules in the bundle: its folders and extension modules, and what the PYZ table of contents lists."""
    names = {path.name.split(".")[0] for path in bundle.iterdir()}
    for table in work.rglob("PYZ-*.toc"):
        names |= set(re.findall(r"^\s*\[?\('([^'.]+)", table.read_text(encoding="utf-8"), re.MULTILINE))
    return names


def licence_of(distribution: importlib.metadata.Distribution) -> str:
    """Return the licence expression, else the licence field, else the classifiers."""
    meta = distribution.metadata
    if meta.get("License-Expression"):
        return meta["License-Expression"]
    classifiers = [c.split("::")[-1].strip() for c in meta.get_all("Classifier", []) if c.startswith("License")]
    field = (meta.get("License") or "").strip()
    return field if field and "\n" not in field else " AND ".join(classifiers) or "see licence file"


def describe(distribution: importlib.metadata.Distribution) -> dict[str, object]:
    """Return what the copyright file says of one distribution."""
    files = [
        str(distribution.locate_file(file))
        for file in distribution.files or []
        if ".dist-info" in file.parts[0] and LICENCE_FILE.search(file.name) and file.suffix != ".py"
    ]
    meta = distribution.metadata
    urls = [url.split(",", 1)[1].strip() for url in meta.get_all("Project-URL", [])]
    return {
        "name": distribution.name,
        "version": distribution.version,
        "licence": licence_of(distribution),
        "home": meta.get("Home-page") or (urls[0] if urls else ""),
        "copyright": notices(files),
        "files": files,
    }


def notices(files: list[str]) -> list[str]:
    """Return the first copyright lines of the licence files, at most five."""
    found: dict[str, None] = {}
    for file in files:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
        found |= dict.fromkeys(match.strip() for match in NOTICE.findall(text))
    return list(found)[:5]


def main() -> None:
    """Write the list for the bundle and PyInstaller work folder named on the command line."""
    frozen = frozen_modules(Path(sys.argv[1]), Path(sys.argv[2]))
    owners = importlib.metadata.packages_distributions()
    names = {name for module in frozen for name in owners.get(module, [])} - {OWN}
    found = [describe(importlib.metadata.distribution(name)) for name in sorted(names, key=str.lower)]
    json.dump(found, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
