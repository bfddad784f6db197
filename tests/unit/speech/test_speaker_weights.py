"""The speaker model is read from PyTorch's legacy format, and nothing else in such a file is obeyed."""

import os
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from app.domain.errors import ModelDamagedError, ModelMissingError
from app.speech import speaker_weights
from app.speech.speaker_weights import read_weights

SHAPES = speaker_weights._expected_shapes()


class FloatStorage:
    """Pickled as torch.FloatStorage."""


def rebuild(*_: Any) -> None:
    """Pickled as torch._utils._rebuild_tensor_v2."""


class Tensor:
    """Pickled the way PyTorch pickles a tensor."""

    def __init__(self, key: str, shape: tuple[int, ...], offset: int = 0) -> None:
        self.key, self.shape, self.offset = key, shape, offset

    def __reduce__(self) -> Any:
        strides = tuple(int(np.prod(self.shape[i + 1 :])) for i in range(len(self.shape)))
        size = int(np.prod(self.shape))
        storage = Persistent(("storage", FloatStorage, self.key, "cpu", size, None))
        return rebuild, (storage, self.offset, self.shape, strides, False, OrderedDict())


class Persistent:
    """Pickled as a persistent id."""

    def __init__(self, value: tuple[Any, ...]) -> None:
        self.value = value


class Writer(pickle._Pickler):  # type: ignore[name-defined] # the Python version lets names be written freely
    def persistent_id(self, obj: Any) -> Any:
        return obj.value if isinstance(obj, Persistent) else None

    def save_global(self, obj: Any, name: str | None = None) -> None:
        names = {FloatStorage: b"ctorch\nFloatStorage\n", rebuild: b"ctorch._utils\n_rebuild_tensor_v2\n"}
        if obj in names:
            self.write(names[obj])
        else:
            super().save_global(obj, name)

    dispatch: ClassVar = {**pickle._Pickler.dispatch, type(rebuild): save_global, type: save_global}  # type: ignore[attr-defined] # the same


def write_model(path: Path, arrays: dict[str, np.ndarray], state: Any = None, **header: Any) -> bytes:
    with path.open("wb") as out:
        for value in (header.get("magic", speaker_weights._MAGIC), 1001, {"little_endian": True}):
            pickle.dump(value, out, protocol=2)
        tensors = OrderedDict((name, Tensor(name, a.shape)) for name, a in arrays.items())
        Writer(out, protocol=2).dump({"step": 1, "model_state": tensors if state is None else state})
        pickle.dump(sorted(arrays), out, protocol=2)
        for name in sorted(arrays):
            out.write(arrays[name].size.to_bytes(8, "little") + arrays[name].astype("<f4").tobytes())
    return path.read_bytes()


@pytest.fixture
def arrays() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    return {name: rng.normal(0, 0.1, shape).astype(np.float32) for name, shape in SHAPES.items()}


def test_arrays_come_back(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / "pretrained.pt"
    write_model(path, {**arrays, "similarity_weight": np.ones(1, np.float32)})
    weights = read_weights(path)
    assert weights.keys() == arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(weights[name], array)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError, match="missing"):
        read_weights(tmp_path / "absent.pt")


class Evil:
    """Would create a file when unpickled by an unwary reader."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


def test_code_in_the_file_does_not_run(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    target = tmp_path / "owned"
    path = tmp_path / "pretrained.pt"
    write_model(path, arrays, state={"linear.bias": Evil(target)})
    with pytest.raises(ModelDamagedError):
        read_weights(path)
    assert not target.exists()
    path.write_bytes(pickle.dumps(Evil(target)))
    with pytest.raises(ModelDamagedError):
        read_weights(path)
    assert not target.exists()


@pytest.mark.parametrize("name", ["builtins.eval", "os.system", "torch.load", "numpy.load", "collections.Counter"])
def test_no_other_global_is_allowed(tmp_path: Path, name: str) -> None:
    module, attribute = name.rsplit(".", 1)
    path = tmp_path / "pretrained.pt"
    path.write_bytes(b"\x80\x02c" + f"{module}\n{attribute}\n".encode() + b".")
    with pytest.raises(ModelDamagedError):
        read_weights(path)


def test_a_cut_anywhere_is_a_declared_error(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / "pretrained.pt"
    whole = write_model(path, arrays)
    head = len(whole) - 4 * sum(a.size for a in arrays.values()) - 8 * len(arrays)
    for length in [*range(0, head, 37), head, head + 3, head + 9, len(whole) // 2, len(whole) - 1]:
        path.write_bytes(whole[:length])
        with pytest.raises(ModelDamagedError):
            read_weights(path)


def test_flipped_bytes_in_the_head_never_raise_anything_else(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / "pretrained.pt"
    whole = write_model(path, arrays)
    head = len(whole) - 4 * sum(a.size for a in arrays.values())
    for at in range(0, head, 29):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x15]) + whole[at + 1 : head + 2_000])
        with pytest.raises(ModelDamagedError):
            read_weights(path)


def test_wrong_shape_or_not_a_number_is_refused(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    path = tmp_path / "pretrained.pt"
    write_model(path, {**arrays, "linear.bias": np.zeros(10, np.float32)})
    with pytest.raises(ModelDamagedError, match="not the expected network"):
        read_weights(path)
    write_model(path, {**arrays, "linear.bias": np.full(256, np.nan, np.float32)})
    with pytest.raises(ModelDamagedError, match="not the expected network"):
        read_weights(path)
