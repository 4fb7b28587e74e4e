import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd.errors import MissingProgramError, WeightsError

#: The files that this process has mapped into memory.
MAPPED = Path("/proc/self/maps")
TORCH = Path(__file__).parent / "data" / "torch_weights.safetensors"


class Affine(nn.Module):
    def __init__(self, inputs=3, outputs=2, seed=0):
        random = np.random.default_rng(seed)
        self.weight = nn.Parameter(random.normal(size=(outputs, inputs)))
        self.bias = nn.Parameter(random.normal(size=outputs))
        self.register_buffer("seen", np.arange(3))

    def forward(self, x):
        return x @ self.weight.T + self.bias


def assert_unchanged(model, before):
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.safetensors"


def test_weights_round_trip_with_dtypes_shapes_and_metadata(path):
    state = {
        "matrix": np.arange(6.0).reshape(2, 3),
        "turned": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "number": np.float32(3),
        "nothing": np.zeros((0, 3)),
        "classes": np.arange(4, dtype=np.int16),
        "mask": np.array([True, False]),
    }
    hyper = {"lr": 0.1, "hidden": np.int64(16), "sizes": np.arange(2), "name": "ä"}
    nn.save(state, path, metadata=hyper)
    found = nn.load(path)
    assert set(found) == set(state)
    for name, array in state.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
        assert found[name].shape == np.shape(array)
    assert found.metadata == {"lr": 0.1, "hidden": 16, "sizes": [0, 1], "name": "ä"}
    assert found.version == autograd.__version__


def test_weights_load_into_a_model_with_the_same_names(path):
    model, other = Affine(seed=1), Affine(seed=2)
    nn.save(model, path, {"seed": 1})
    assert nn.load_into(other, path).metadata == {"seed": 1}
    assert_unchanged(other, model.state_dict())


def test_the_file_has_no_pickle_and_safetensors_reads_it(path):
    from safetensors.numpy import load_file

    model = Affine()
    nn.save(model, path)
    assert_unchanged(model, load_file(path))
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little")
    assert json.loads(content[8 : 8 + length])["bias"]["dtype"] == "F64"


def test_weights_saved_by_pytorch_load_and_agree():
    found = nn.load(TORCH)
    inputs, outputs = found.pop("inputs"), found.pop("outputs")
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2)).eval()
    model.load_state_dict(found)
    np.testing.assert_allclose(model(inputs).data, outputs, rtol=1e-12, atol=1e-14)
    assert model.state_dict().keys() == found.keys()
    assert found.version == ""


def test_pytorch_reads_what_is_saved_here(path):
    torch = pytest.importorskip("safetensors.torch", exc_type=ImportError)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    nn.save(model, path, {"lr": 0.1})
    assert_unchanged(model, {name: t.numpy() for name, t in torch.load_file(path).items()})


def test_mismatches_are_listed_and_leave_the_model_unchanged(path):
    model = Affine()
    before = model.state_dict()
    nn.save(Affine(inputs=4), path)
    with pytest.raises(WeightsError, match=r"weight: shape \(2, 4\), expected \(2, 3\)"):
        nn.load_into(model, path)
    assert_unchanged(model, before)
    nn.save({"weight": np.zeros((2, 3)), "offset": np.zeros(2)}, path)
    with pytest.raises(WeightsError, match=r"(?s)bias: missing.*offset: unexpected"):
        nn.load_into(model, path)
    assert_unchanged(model, before)
    nn.load_into(model, path, strict=False)
    np.testing.assert_array_equal(model.weight.data, np.zeros((2, 3)))


def test_a_truncated_file_raises_and_changes_nothing(path):
    model = Affine()
    before = model.state_dict()
    nn.save(Affine(seed=3), path)
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    for length in (0, 1, 7, 8, 9, header // 2, header, header + 1, header + 9, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(WeightsError, match="is damaged"):
            nn.load_into(model, path)
    assert_unchanged(model, before)


def test_a_flipped_bit_is_detected_or_harmless(path):
    state = {"a": np.arange(6.0).reshape(2, 3), "b": np.float32(3), "c": np.arange(3)}
    nn.save(state, path, {"lr": 0.1})
    content = path.read_bytes()
    header = 8 + int.from_bytes(content[:8], "little")
    harmless = 0
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 7
        path.write_bytes(damaged)
        try:
            found = nn.load(path)
        except WeightsError:
            continue
        assert place < header
        harmless += 1
        assert set(found) == set(state)
        for name, array in state.items():
            np.testing.assert_array_equal(found[name], array)
    assert harmless < 12  # the key of our own metadata: then it looks like a file of others


def test_a_corrupted_array_is_named(path):
    nn.save({"first": np.zeros(3), "second": np.ones(2)}, path)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(WeightsError, match="wrong checksums of 'second'"):
        nn.load(path)


def test_a_crash_while_saving_leaves_only_the_old_file(path, monkeypatch):
    nn.save(Affine(seed=1), path)
    old = path.read_bytes()

    def crash(*arguments):
        raise OSError("no space left")

    for function in ("replace", "fsync"):
        with monkeypatch.context() as patch:
            patch.setattr(os, function, crash)
            with pytest.raises(OSError, match="no space left"):
                nn.save(Affine(seed=2), path)
        assert path.read_bytes() == old
        assert list(path.parent.iterdir()) == [path]


def test_saving_keeps_a_symbolic_link(path, tmp_path):
    link = tmp_path / "latest.safetensors"
    nn.save({"a": np.zeros(1)}, path)
    link.symlink_to(path)
    nn.save({"a": np.ones(1)}, link)
    assert link.is_symlink()
    np.testing.assert_array_equal(nn.load(path)["a"], [1.0])


def test_a_missing_folder_or_file_is_reported(tmp_path):
    with pytest.raises(FileNotFoundError, match="does not exist"):
        nn.save({"a": np.zeros(1)}, tmp_path / "none" / "model.safetensors")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        nn.load(tmp_path / "none.safetensors")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_an_unwritable_folder_is_an_error(tmp_path, path):
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        nn.save({"a": np.zeros(1)}, path)
    tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("array", "metadata", "message"),
    [
        (np.zeros(2, np.longdouble), {}, "float128|longdouble"),
        (np.array([object()]), {}, "of type object"),
        (np.zeros(2), {"model": object()}, "object is not a number"),
    ],
)
def test_data_the_format_cannot_hold_are_rejected(path, array, metadata, message):
    with pytest.raises(WeightsError, match=message):
        nn.save({"a": array}, path, metadata)
    assert not path.exists()


def test_a_missing_safetensors_names_the_extra_to_install(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors.numpy", None)
    with pytest.raises(MissingProgramError, match=r'pip install "chainrule\[weights\]"'):
        nn.save({"a": np.zeros(1)}, path)


@pytest.mark.skipif(not MAPPED.exists(), reason="only Linux lists the files of a process")
def test_loading_leaves_no_file_open(path):
    from safetensors import safe_open

    nn.save({"a": np.zeros(1)}, path)
    with safe_open(path, framework="np"):
        assert str(path) in MAPPED.read_text()
    found = nn.load(path)
    assert str(path) not in MAPPED.read_text()
    assert found["a"] == 0.0


def written_by_another_program(path, arrays):
    """Write a file of the format by hand: types, shapes and bytes by name."""
    header, data = {}, b""
    for name, (kind, shape, content) in arrays.items():
        header[name] = {
            "dtype": kind,
            "shape": shape,
            "data_offsets": [len(data), len(data) + len(content)],
        }
        data += content
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)


def test_bfloat16_and_float16_weights_load(path):
    model = nn.Linear(3, 2)
    weight = np.array([[1.0, -2.5, np.inf], [3.140625, 0.0, 2.0**-126]], np.float32)
    halves = (weight.view(np.uint32) >> 16).astype("<u2")
    bias = np.array([0.5, -65504.0], np.float16)
    written_by_another_program(
        path,
        {"weight": ("BF16", [2, 3], halves.tobytes()), "bias": ("F16", [2], bias.tobytes()),
         "none": ("BF16", [0, 4], b"")},
    )  # fmt: skip
    found = nn.load(path)
    assert {name: array.dtype for name, array in found.items()} == {
        "weight": np.float32, "bias": np.float16, "none": np.float32,
    }  # fmt: skip
    np.testing.assert_array_equal(found["weight"], weight)
    assert found["none"].shape == (0, 4)
    nn.load_into(model, path, strict=False)
    assert model.weight.dtype == model.bias.dtype == np.float64
    np.testing.assert_array_equal(model.weight.data, weight)
    np.testing.assert_array_equal(model.bias.data, bias)


def test_bfloat16_weights_written_by_torch_load(path):
    torch = pytest.importorskip("torch")
    save_file = pytest.importorskip("safetensors.torch").save_file
    numbers = torch.randn(4, 5).to(torch.bfloat16)
    save_file({"w": numbers}, path)
    np.testing.assert_array_equal(nn.load(path)["w"], numbers.float().numpy())


@pytest.mark.parametrize("begin", [b"PK\x03\x04", b"\x80\x02\x8a\x0a"])
def test_pickles_are_refused_with_the_line_that_converts_them(tmp_path, begin):
    path = tmp_path / "model.pt"
    path.write_bytes(begin + b"\x00" * 50)
    with pytest.raises(
        WeightsError, match=r"torch\.load\('.*model\.pt', weights_only=True\)"
    ) as error:
        nn.load(path)
    assert "model.safetensors" in str(error.value)
    line = str(error.value).partition('python -c "')[2].rstrip('"')
    compile(line, "line", "exec")
