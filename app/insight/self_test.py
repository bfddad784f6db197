"""The self-test behind `anamnesis doctor`: each part of the machine that the program relies on, tried for real."""

import platform
import secrets
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.domain.errors import AnamnesisError


class Health(StrEnum):
    """`ok`, `note` (works, but less well than it could) or `fail` (the program cannot do its main job)."""

    OK = "ok"
    NOTE = "note"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the self-test."""

    name: str
    health: Health
    detail: str


def self_test(models: Path, data: Path) -> Iterator[Finding]:
    """Yield the findings one by one; a part that fails never hides the others."""
    yield _try("machine", _machine)
    yield _try("cryptography", _cryptography)
    yield _try("database", _database)
    yield _try("key store", _key_store)
    yield _try("data folder", lambda: _data_folder(data))
    yield _try("backup", lambda: _backup(data / "vault"))
    yield _try("dictionary", _dictionary)
    yield from _models(models)
    yield _try("graphics: speech, CTranslate2", _gpu)
    yield _try("graphics: drafts, llama.cpp", _llama_gpu)
    yield _try("processor: drafts, llama.cpp", _llama_build)
    yield _try("organisation's server", _server)
    yield _try("shared database", _shared_database)
    yield _try("sound", _sound)
    yield _try("window", _window)


def _try(name: str, probe: Callable[[], tuple[Health, str]]) -> Finding:
    try:
        health, detail = probe()
    except AnamnesisError as error:
        return Finding(name, Health.FAIL, str(error))
    except ImportError as error:
        return Finding(name, Health.FAIL, f"the library {error.name} cannot be loaded")
    except OSError as error:
        return Finding(name, Health.FAIL, error.strerror or type(error).__name__)
    return Finding(name, health, detail)


def _machine() -> tuple[Health, str]:
    import psutil

    free = psutil.virtual_memory().available / 1e9
    detail = f"{platform.system()} {platform.machine()}, {psutil.cpu_count()} cores, {free:.1f} GB memory free"
    return (Health.OK if free >= 4 else Health.NOTE), detail


def _cryptography() -> tuple[Health, str]:
    from app.vault.known_answers import failed_known_answers

    failed = failed_known_answers()
    if failed:
        return Health.FAIL, f"known answers differ: {', '.join(failed)}"
    return Health.OK, "known answers of AES-GCM, HKDF, Argon2id, Ed25519 and HPKE agree"


def _dictionary() -> tuple[Health, str]:
    from app.drafting.lexicon.english import is_english

    if not is_english("arteritis") or is_english("artheritis"):
        return Health.FAIL, "words are not told from misheard ones"
    return Health.OK, "English words are told from misheard ones"


def _database() -> tuple[Health, str]:
    """Make a vault, write, close, open, read, verify."""
    from app.vault import create_vault, sign_in

    passphrase = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="anamnesis-") as folder:
        vault = Path(folder) / "vault"
        session, _code = create_vault(vault, name="doctor", display_name="Self-test", passphrase=passphrase)
        encounter = session.encounters.create("self-test")
        session.close()
        session = sign_in(vault, "doctor", passphrase)
        try:
            title = session.encounters.get(encounter).title
            chain = session.audit.verify()
        finally:
            session.close()
    if title != "self-test" or chain.first_bad is not None:
        return Health.FAIL, "a fresh vault does not give back what was written"
    return Health.OK, f"a fresh vault is sealed, opened and read back; {chain.entries} audit entries verify"


def _key_store() -> tuple[Health, str]:
    """An item of no worth is stored, read back and deleted; a prompt is waited for only shortly."""
    from app.vault.unlocking.key_stores import KeyStores

    report = KeyStores(patience=5.0).report()
    if report.usable:
        return Health.OK, f"{report.name}: {report.detail}"
    return Health.NOTE, f"{report.detail} The vault opens by passphrase."


def _data_folder(data: Path) -> tuple[Health, str]:
    import shutil

    existing = next(folder for folder in (data, *data.parents) if folder.exists())
    free = shutil.disk_usage(existing).free / 1e9
    if free < 1:
        return Health.FAIL, f"{free:.2f} GB free: too little to record"
    return (Health.OK if free >= 10 else Health.NOTE), f"{free:.0f} GB free"


def _backup(vault: Path) -> tuple[Health, str]:
    from datetime import UTC, datetime

    from app.policy import load_policy
    from app.vault import last_backup, vault_exists

    days = load_policy().backup_days
    if not vault_exists(vault):
        return Health.OK, "there is no vault yet"
    last = last_backup(vault)
    if last is None:
        detail = "this machine never made a backup; see 'anamnesis backup'"
        return (Health.NOTE if days else Health.OK), detail
    ago = (datetime.now(UTC) - last.made_at).days
    when = f"last {last.made_at.astimezone():%Y-%m-%d %H:%M}, {last.size / 1e6:.0f} MB"
    if days and ago >= days:
        return Health.NOTE, f"no backup for {ago} days; {when}"
    return Health.OK, when


def _models(models: Path) -> Iterator[Finding]:
    from app.models.catalogue import Catalogue
    from app.models.store import ModelStore

    store = ModelStore(models, Catalogue.load())
    for entry in store.catalogue.entries:
        if not entry.default:
            continue
        yield _try(f"model {entry.id}", lambda name=entry.id: (Health.OK, _opened(store.open(name))))  # type: ignore[misc]  # mypy cannot infer a lambda's default


def _opened(folder: Path) -> str:
    size = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    return f"digests agree, {size / 1e6:.0f} MB"


def _gpu() -> tuple[Health, str]:
    from app.speech.hardware import cuda_compute_types

    count, types = cuda_compute_types()
    if count == 0:
        return Health.NOTE, "none found that CTranslate2 can use; the processor does the work"
    return Health.OK, f"{count} found: {', '.join(types)}"


def _llama_gpu() -> tuple[Health, str]:
    from app.drafting.engines.hardware import llama_devices

    devices = llama_devices()
    if not devices:
        return Health.NOTE, "this build of llama.cpp uses the processor; see README, graphics processors"
    return Health.OK, "; ".join(devices)


def _llama_build() -> tuple[Health, str]:
    from app.drafting.engines.llama_build import OWN, build_here, fitting, running_build

    wanted, running = build_here(), running_build()
    if running != wanted:
        return Health.NOTE, f"the build for {wanted} cannot be loaded; the wheel's own runs"
    if running != OWN:
        return Health.OK, f"the build for {running} runs"
    if better := fitting():
        return Health.NOTE, f"the wheel's own build runs; one for {better[0]} reads twice as fast: scripts/build-llama"
    return Health.OK, "the wheel's own build runs"


def _server() -> tuple[Health, str]:
    """Ask the server that the policy names for one word; nothing of any patient goes there."""
    from app.policy import load_policy

    server = load_policy().language_server
    if server is None:
        return Health.OK, "the policy names none; nothing leaves this machine"
    from app.drafting.engines.language_model import Generation, Prompt
    from app.drafting.engines.organisation_server import OrganisationServer
    from app.drafting.engines.server_errors import ServerError

    where = f"{server.model} at {server.address}, {'preferred' if server.prefer == 'server' else 'only when named'}"
    try:
        OrganisationServer(server).generate(Generation(Prompt("You answer with one word.", "Say yes."), max_tokens=4))
    except ServerError as error:
        return Health.NOTE, f"{where}: {error.message} Drafts are made on this machine. {error.remedy}"
    return Health.OK, f"{where}: answers"


def _shared_database() -> tuple[Health, str]:
    """Ask the server of the policy for its certificate and greeting; whoever signs in is let in, or is told why not."""
    from app.domain.syncing import ServerAddress
    from app.policy import load_policy

    shared = load_policy().shared_database
    if shared is None:
        return Health.OK, "the policy names none; the vault stays on this machine"
    from app.vault.server.greeting import try_greeting

    address = ServerAddress(shared.host, shared.port, shared.database, shared.ca_file)
    try:
        try_greeting(address)
    except AnamnesisError as error:
        return Health.NOTE, f"{address}: {error}"
    return Health.OK, f"{address}: answers with a certificate that names it"


def _sound() -> tuple[Health, str]:
    from app.audio.input_devices import input_devices
    from app.audio.portaudio_devices import sound_devices

    try:
        devices = sound_devices()
        inputs = sum(not device.monitor for device in input_devices())
    except AnamnesisError as error:
        return Health.NOTE, str(error)
    outputs = sum(device.outputs > 0 for device in devices)
    if not inputs or not outputs:
        return Health.NOTE, f"{inputs} microphones, {outputs} outputs; files can still be opened"
    return Health.OK, f"{inputs} microphones, {outputs} outputs"


def _window() -> tuple[Health, str]:
    import importlib.util

    if importlib.util.find_spec("PySide6.QtWidgets") is None:
        return Health.FAIL, "the Qt libraries are missing"
    return Health.OK, "the Qt libraries are there"
