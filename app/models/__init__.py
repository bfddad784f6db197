"""The catalogue of model files: fetch, verify by digest, import."""

from app.models.catalogue import Catalogue, ModelEntry, ModelFile
from app.models.store import FileCheck, ModelState, ModelStore

__all__ = ["Catalogue", "FileCheck", "ModelEntry", "ModelFile", "ModelState", "ModelStore"]
