"""Where things lie. Model files are shared and public; everything else lives in the data folder."""

import os
from dataclasses import dataclass
from pathlib import Path

import platformdirs

RESOURCES = Path(__file__).resolve().parent.parent / "resources"


@dataclass(frozen=True, slots=True)
class Paths:
    """Folders of this run. `data` holds the vault and the logs, `models` the model files."""

    data: Path
    models: Path

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.data / "vault"

    @property
    def templates(self) -> Path:
        """The folder of the person's own note types; they hold no patient content."""
        return self.data / "templates"

    @property
    def logs(self) -> Path:
        """The folder of log files; they never hold patient content."""
        return self.data / "logs"


def find_paths(data_dir: Path | None = None) -> Paths:
    """Return the folders: `data_dir`, else ANAMNESIS_DATA_DIR, else the platform's place for user data.

    Model files lie under the user's cache folder, or in ANAMNESIS_MODELS_DIR.
    """
    data = data_dir or _from_environment("ANAMNESIS_DATA_DIR") or Path(platformdirs.user_data_dir("anamnesis", False))
    models = (
        _from_environment("ANAMNESIS_MODELS_DIR") or Path(platformdirs.user_cache_dir("anamnesis", False)) / "models"
    )
    return Paths(data=data.expanduser().absolute(), models=models.expanduser().absolute())


def _from_environment(name: str) -> Path | None:
    value = os.environ.get(name)
    return Path(value) if value else None
