"""The Debian package around a frozen program: file tree, control data, copyright, checksums."""

import gzip
import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
MAINTAINER = "Anamnesis maintainers <maintainers@anamnesis.invalid>"
SUMMARY = "ambient clinical scribe that works on the local machine"
DESCRIPTION = """\
Anamnesis listens to a visit, transcribes it with Whisper on the local machine,
drafts a SOAP note with an on-device language model, marks what the recording
does not support, keeps everything encrypted, and lets a clinician review,
correct and sign. No audio, text or figure leaves the machine.
.
Model files are not part of the package: see "anamnesis models --help"."""
# Loaded by name at run time, so no ELF file names them.
LOADED_AT_RUN_TIME = ("libportaudio2",)
# PortAudio reaches a sound server through an ALSA plug-in; microphones are listed with libpulse, else with PortAudio.
RECOMMENDS = ("libasound2-plugins | pipewire-alsa", "libpulse0", "fonts-dejavu-core | fonts-noto-core")
FFMPEG_NOTICE = """\
The FFmpeg build inside PyAV links x264 and x265 (GPL-2.0-or-later), so this
binary package as a whole may be passed on under the GNU GPL, version 3 or
later; the source of Anamnesis itself stays under Apache-2.0. Qt and PySide6
are used as separate, replaceable shared libraries under the LGPL-3.0."""


@dataclass(frozen=True)
class Release:
    """What the package is called: upstream version, Debian architecture, seconds since 1970 of all its files."""

    version: str
    architecture: str
    epoch: int

    @property
    def file_name(self) -> str:
        """The package's file name."""
        return f"anamnesis_{self.version}_{self.architecture}.deb"


def lay_out(tree: Path, bundle: Path, root: Path, icons: Mapping[int, Path]) -> None:
    """Build the file tree: program, command, menu entry, icons, manual page."""
    shutil.copytree(bundle, tree / "usr/lib/anamnesis", symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/anamnesis").symlink_to("../lib/anamnesis/anamnesis")
    _copy(HERE / "anamnesis.desktop", tree / "usr/share/applications/anamnesis.desktop")
    hicolor = tree / "usr/share/icons/hicolor"
    _copy(root / "installers/common/icons/anamnesis.svg", hicolor / "scalable/apps/anamnesis.svg")
    for size, icon in icons.items():
        _copy(icon, hicolor / f"{size}x{size}/apps/anamnesis.png")
    _copy(HERE / "lintian-overrides", tree / "usr/share/lintian/overrides/anamnesis")
    _write_gzip(tree / "usr/share/man/man1/anamnesis.1.gz", (HERE / "anamnesis.1").read_bytes())


def write_documents(tree: Path, release: Release, parts: Iterable[Mapping[str, object]]) -> None:
    """Write copyright, changelog, the example of a policy, and the licence texts of the bundled distributions."""
    documents = tree / "usr/share/doc/anamnesis"
    documents.mkdir(parents=True)
    _copy(HERE.parent / "common" / "policy.toml.example", documents / "policy.toml.example")
    paragraphs = [_copyright_head()]
    for part in parts:
        files = [Path(str(file)) for file in part["files"]]  # type: ignore[attr-defined] # JSON list
        for file in files:
            _copy(file, documents / "licences" / str(part["name"]) / file.name)
        paragraphs.append(_copyright_part(part, bool(files)))
    (documents / "copyright").write_text("\n".join(paragraphs), encoding="utf-8")
    when = format_datetime(datetime.fromtimestamp(release.epoch, UTC))
    entry = f"anamnesis ({release.version}) unstable; urgency=medium\n\n  * Release {release.version}.\n\n"
    _write_gzip(documents / "changelog.gz", f"{entry} -- {MAINTAINER}  {when}\n".encode())


def _copyright_head() -> str:
    notice = "\n".join(f" {line}" for line in FFMPEG_NOTICE.splitlines())
    return (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        "Upstream-Name: anamnesis\n"
        f"Comment:\n{notice}\n\n"
        "Files: *\nCopyright: 2026 the Anamnesis authors\nLicense: Apache-2.0\n"
        " On Debian systems the licence is in /usr/share/common-licenses/Apache-2.0.\n\n"
        "Files: usr/lib/anamnesis/_internal/libpython*\n"
        "Copyright: 2001-2026 Python Software Foundation\nLicense: PSF-2.0\n"
        " See https://docs.python.org/3/license.html.\n"
    )


def _copyright_part(part: Mapping[str, object], has_texts: bool) -> str:
    name, version, licence = part["name"], part["version"], part["licence"]
    holders = "\n ".join(map(str, part["copyright"])) or f"the authors of {name}"  # type: ignore[call-overload] # JSON list
    where = f"The texts are in /usr/share/doc/anamnesis/licences/{name}/." if has_texts else f"See {part['home']}."
    return (
        f"Files: usr/lib/anamnesis/_internal/{name}\nCopyright: {holders}\n"
        f"License: {str(licence).replace(' ', '-')}\n {name} {version}: {licence}.\n {where}\n"
    )


def write_control(tree: Path, release: Release, depends: Iterable[str], glibc: str) -> None:
    """Write DEBIAN/control and DEBIAN/md5sums. There are no maintainer scripts: a person's data is never touched."""
    control = tree / "DEBIAN"
    control.mkdir()
    files = [path for path in sorted(tree.rglob("*")) if path.is_file() and control not in path.parents]
    kibibytes = sum(-(-path.lstat().st_size // 1024) for path in tree.rglob("*") if control not in path.parents)
    packages = {f"libc6 (>= {glibc})", *LOADED_AT_RUN_TIME, *depends} - {"libc6"}
    fields = {
        "Package": "anamnesis",
        "Version": release.version,
        "Architecture": release.architecture,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(kibibytes),
        "Depends": ", ".join(sorted(packages)),
        "Recommends": ", ".join(sorted(RECOMMENDS)),
        "Section": "science",
        "Priority": "optional",
        "Description": SUMMARY + "".join(f"\n {line}" for line in DESCRIPTION.splitlines()),
    }
    (control / "control").write_text("".join(f"{key}: {value}\n" for key, value in fields.items()), encoding="utf-8")
    sums = [f"{_md5(path)}  {path.relative_to(tree)}\n" for path in files if not path.is_symlink()]
    (control / "md5sums").write_text("".join(sums), encoding="utf-8")


def set_modes_and_times(tree: Path, epoch: int) -> None:
    """Give every file the same time and plain modes: 755 for folders and programs, 644 for the rest."""
    for path in sorted(tree.rglob("*"), reverse=True):
        if not path.is_symlink():
            shared_object = ".so" in path.name
            runs = path.is_dir() or (path.stat().st_mode & 0o100 and not shared_object)
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (epoch, epoch), follow_symlinks=False)
    tree.chmod(0o755)
    os.utime(tree, (epoch, epoch))


def pack(tree: Path, target: Path, epoch: int, compression: str, level: int) -> None:
    """Build the .deb, all files owned by root."""
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}
    command = ["dpkg-deb", "--root-owner-group", f"-Z{compression}", f"-z{level}", "--build", str(tree), str(target)]
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write_gzip(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(content, 9, mtime=0))


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
