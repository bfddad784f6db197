"""Reads the speaker model's weights without PyTorch and without trusting the file.

The file is PyTorch's legacy format: five pickles (magic, version, system, objects, storage keys), then for every
storage its length (int64) and its float32 numbers. Pickles may name only the three globals that a plain state
dictionary needs; they are answered by stand-ins, so that nothing named in the file ever runs.
"""

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from app.domain.errors import ModelDamagedError, ModelMissingError

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_REMEDY = "Run 'anamnesis models fetch speaker-ge2e'."
_LAYERS = 3
_MELS = 40
_HIDDEN = 256

Weights = dict[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class _Storage:
    key: str
    length: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


class _FloatStorage:
    """Stands for `torch.FloatStorage`."""


def _rebuild_tensor(storage: object, offset: object, shape: object, stride: object, *_rest: object) -> _Tensor:
    whole = isinstance(offset, int) and isinstance(shape, tuple) and isinstance(stride, tuple)
    if not (isinstance(storage, _Storage) and whole):
        raise pickle.UnpicklingError("not a tensor")
    return _Tensor(storage, int(str(offset)), tuple(shape), tuple(stride))  # type: ignore[arg-type] # checked above


_ALLOWED: dict[tuple[str, str], object] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch", "FloatStorage"): _FloatStorage,
}


class _Reader(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:  # noqa: ANN401 the base class says so
        try:
            return _ALLOWED[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is not allowed") from None

    def persistent_load(self, pid: Any) -> _Storage:  # noqa: ANN401 the base class says so
        if not (isinstance(pid, tuple) and len(pid) >= 5 and pid[0] == "storage" and pid[1] is _FloatStorage):
            raise pickle.UnpicklingError("unknown storage")
        if not (isinstance(pid[2], str) and isinstance(pid[4], int) and 0 < pid[4] < 10_000_000):
            raise pickle.UnpicklingError("impossible storage")
        return _Storage(pid[2], pid[4])


def read_weights(path: Path) -> Weights:
    """Return the arrays of the GE2E speaker encoder (Wan et al. 2018; Resemblyzer's `pretrained.pt`).

    Keys as in PyTorch's LSTM (`lstm.weight_ih_l0` [1024, 40], …, `linear.weight` [256, 256]), float32.

    Raises:
        ModelMissingError: there is no such file.
        ModelDamagedError: the file is not this model: wrong format, unexpected content, wrong shapes.
    """
    try:
        with path.open("rb") as file:
            weights = _read(file)
    except FileNotFoundError:
        raise ModelMissingError(f"The speaker model is missing: {path.name}.", _REMEDY) from None
    except (pickle.UnpicklingError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError):
        raise ModelDamagedError(f"The speaker model {path.name} is damaged.", _REMEDY) from None
    except (MemoryError, RecursionError, OverflowError, ImportError):
        raise ModelDamagedError(f"The speaker model {path.name} is damaged.", _REMEDY) from None
    for name, shape in _expected_shapes().items():
        if name not in weights or weights[name].shape != shape or not np.isfinite(weights[name]).all():
            raise ModelDamagedError(f"The speaker model {path.name} is not the expected network.", _REMEDY)
    return {name: weights[name] for name in _expected_shapes()}


def _expected_shapes() -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {"linear.weight": (_HIDDEN, _HIDDEN), "linear.bias": (_HIDDEN,)}
    for layer in range(_LAYERS):
        shapes[f"lstm.weight_ih_l{layer}"] = (4 * _HIDDEN, _HIDDEN if layer else _MELS)
        shapes[f"lstm.weight_hh_l{layer}"] = (4 * _HIDDEN, _HIDDEN)
        shapes[f"lstm.bias_ih_l{layer}"] = (4 * _HIDDEN,)
        shapes[f"lstm.bias_hh_l{layer}"] = (4 * _HIDDEN,)
    return shapes


def _read(file: BinaryIO) -> Weights:
    if _Reader(file).load() != _MAGIC or _Reader(file).load() != _VERSION:
        raise ValueError("not PyTorch's legacy format")
    system = _Reader(file).load()
    if not (isinstance(system, dict) and system.get("little_endian") is True):
        raise ValueError("not little-endian")
    state = _Reader(file).load()["model_state"]
    keys = _Reader(file).load()
    tensors = {name: tensor for name, tensor in state.items() if isinstance(tensor, _Tensor)}
    storages = _read_storages(file, keys)
    return {str(name): _array(tensor, storages) for name, tensor in tensors.items()}


def _read_storages(file: BinaryIO, keys: list[str]) -> dict[str, npt.NDArray[np.float32]]:
    storages = {}
    for key in keys:
        length = int.from_bytes(file.read(8), "little")
        if not 0 < length < 10_000_000:
            raise ValueError("impossible length")
        data = file.read(4 * length)
        if len(data) != 4 * length:
            raise EOFError
        storages[key] = np.frombuffer(data, dtype="<f4")
    return storages


def _array(tensor: _Tensor, storages: dict[str, npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    count = int(np.prod(tensor.shape, dtype=np.int64)) if tensor.shape else 1
    plain = tuple(int(np.prod(tensor.shape[axis + 1 :], dtype=np.int64)) for axis in range(len(tensor.shape)))
    if tensor.stride != plain or not 0 <= tensor.offset <= len(storages[tensor.storage.key]) - count:
        raise ValueError("tensor outside its storage")
    flat = storages[tensor.storage.key][tensor.offset : tensor.offset + count]
    return flat.reshape(tensor.shape).astype(np.float32)
