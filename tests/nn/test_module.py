import copy
import pickle
import threading

import numpy as np
import pytest

import nn
from autograd import Tensor
from autograd.errors import DataError, ShapeError, WeightsError


class Network(nn.Module):
    def __init__(self):
        self.first = nn.Linear(2, 3)
        self.layers = [
            nn.Linear(3, 3),
            {"a": nn.Linear(3, 3, bias=False), "b": (nn.BatchNorm1d(3),)},
        ]
        self.scale = [nn.Parameter(1.0)]
        self.register_buffer("count", np.array(4))
        self.top = self  # a module may refer to itself

    def forward(self, x):
        x = np.tanh(self.layers[0](self.first(x)))
        return self.layers[1]["b"][0](self.layers[1]["a"](x)) * self.scale[0]


NAMES = [
    "scale.0", "first.weight", "first.bias", "layers.0.weight", "layers.0.bias", "layers.1.a.weight",
    "layers.1.b.0.weight", "layers.1.b.0.bias",
]  # fmt: skip


def test_nested_parameters_buffers_and_modules_are_found():
    model = Network()
    assert [name for name, _ in model.named_parameters()] == NAMES
    assert [name for name, _ in model.named_buffers()] == [
        "count", "layers.1.b.0.running_mean", "layers.1.b.0.running_var",
        "layers.1.b.0.num_batches_tracked",
    ]  # fmt: skip
    assert [name for name, _ in model.named_modules()] == [
        "", "first", "layers.0", "layers.1.a", "layers.1.b.0"
    ]  # fmt: skip
    assert len(model.parameters()) == len(NAMES)
    assert len(model.buffers()) == 4
    assert model.modules()[0] is model
    assert model.num_parameters() == 1 + 9 + 12 + 9 + 6
    assert model.first.weight.label == "weight"


def test_a_shared_parameter_counts_once_but_keeps_all_names():
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    model[1].weight = model[0].weight
    assert model.num_parameters() == 9 + 3 + 3
    assert [name for name, _ in model.named_parameters()] == ["0.weight", "0.bias", "1.bias"]
    assert list(model.state_dict()) == ["0.weight", "0.bias", "1.weight", "1.bias"]
    layer = nn.Linear(2, 2)
    assert nn.Sequential(layer, layer).num_parameters() == 6
    assert len(nn.Sequential(layer, layer).modules()) == 2


def test_a_state_dict_round_trips_and_is_a_copy():
    model, other = Network(), Network()
    state = model.state_dict()
    other.load_state_dict(state)
    x = np.ones((2, 2)) * [[1.0], [2.0]]
    np.testing.assert_array_equal(other(x).data, model(x).data)
    model.first.weight.data += 1.0
    assert not np.array_equal(state["first.weight"], model.first.weight.data)
    assert other.layers[1]["b"][0].num_batches_tracked == 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"first.weight": np.zeros((2, 3))}, r"first.weight: shape \(2, 3\), expected \(3, 2\)"),
        ({"first.weight": None}, "first.weight: missing"),
        ({"second.weight": np.zeros(2)}, "second.weight: unexpected"),
        ({"first.weight": np.zeros((3, 2), complex)}, "dtype complex128, expected float64"),
        ({"first.weight": np.full((3, 2), "a")}, "expected float64"),
        ({"count": 0.5}, "dtype float64, expected int64"),
    ],
)
def test_a_mismatched_load_raises_and_changes_nothing(change, message):
    model = Network()
    before = model.state_dict()
    state = {name: array + 1 for name, array in before.items()} | change
    state = {name: array for name, array in state.items() if array is not None}
    with pytest.raises(WeightsError, match=message):
        model.load_state_dict(state)
    after = model.state_dict()
    assert all(np.array_equal(before[name], after[name]) for name in before)


def test_a_non_strict_load_skips_names_but_checks_shapes():
    model = Network()
    model.load_state_dict({"first.bias": [1.0, 2.0, 3.0], "other": 1.0}, strict=False)
    assert model.first.bias.data.tolist() == [1.0, 2.0, 3.0]
    with pytest.raises(WeightsError, match="expected"):
        model.load_state_dict({"first.bias": [1.0]}, strict=False)


def test_a_load_is_in_place_keeps_dtype_and_is_detected():
    model = nn.Linear(2, 1).astype(np.float32)
    array, y = model.weight.data, (model(np.ones(2, np.float32)) ** 2).sum()
    model.load_state_dict({"weight": [[1.0, 2.0]], "bias": [0.0]})
    assert model.weight.data is array
    assert array.dtype == np.float32
    with pytest.raises(RuntimeError, match="changed in place"):
        y.backward()


def test_duplicate_names_in_a_state_are_an_error():
    model = nn.Module()
    model.layers = {1: nn.Linear(1, 1), "1": nn.Linear(1, 1)}
    with pytest.raises(WeightsError, match=r"layers\.1\.weight"):
        model.state_dict()


def test_modes_reach_all_modules():
    model = Network()
    assert model.training
    assert model.eval() is model
    assert not any(module.training for module in model.modules())
    assert all(module.training for module in model.train().modules())


def test_zero_grad_and_freezing_reach_all_parameters():
    model = Network()
    x = np.array([[1.0, 2.0], [0.0, 1.0]])
    model.first.requires_grad_(False)
    (model(x) ** 3).sum().backward()
    assert model.first.weight.grad is None
    assert model.layers[0].weight.grad is not None
    model.zero_grad()
    assert all(parameter.grad is None for parameter in model.parameters())
    model.requires_grad_()
    (model(x) ** 3).sum().backward()
    assert model.first.weight.grad is not None


def test_astype_converts_all_but_integers():
    model = Network().astype(np.float32)
    assert {p.dtype.name for p in model.parameters()} == {"float32"}
    assert {b.dtype.name for b in model.buffers()} == {"float32", "int64"}
    with pytest.raises(DataError, match="int64"):
        model.astype(int)


def test_a_parameter_copies_its_array():
    array = np.zeros(2)
    parameter = nn.Parameter(array)
    parameter.data += 1.0
    assert array.tolist() == [0.0, 0.0]
    assert isinstance(parameter, Tensor)
    assert parameter.requires_grad


def test_nodes_record_the_path_of_their_module():
    model = Network()
    y = model(np.ones((2, 2)) * [[1.0], [2.0]])
    found, todo = set(), [y]
    while todo:
        node = todo.pop()
        if node.primitive is not None:
            found.add(f"{node.scope}:{node.op}")
            todo.extend(node.parents)
    assert {"first:linear", "layers.0:linear", "layers.1.a:linear", ":tanh"} <= found
    assert "layers.1.b.0:normalise" in found


def test_a_module_scope_is_its_path_in_the_calling_module():
    class Pair(nn.Module):
        def __init__(self, inner):
            self.left = inner

        def forward(self, x):
            return self.left(x)

    class Outer(nn.Module):
        def __init__(self):
            inner = nn.Tanh()
            self.pair, self.right = Pair(inner), inner

        def forward(self, x):
            added = nn.Tanh()
            return [self.pair(x), self.right(x), self.pair.left(x), added(x)]

    scopes = [y.scope for y in Outer()(Tensor([1.0]))]
    assert scopes == ["pair.left", "right", "right", ""]

    class Caller(nn.Module):
        def __init__(self):
            self.pair = Pair(nn.Tanh())

        def forward(self, x):
            return self.pair.left(x)

    assert Caller()(Tensor([1.0])).scope == "pair.left"
    assert nn.Tanh()(Tensor([1.0])).scope == ""


def test_an_error_in_forward_closes_its_scopes():
    model = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(ShapeError):
        model(Tensor(np.ones(3)))
    assert (Tensor([1.0]) * 2).scope == ""
    assert model(np.ones(2)).scope == "0"


def test_threads_can_share_a_model():
    model = nn.Sequential(nn.Sequential(nn.Tanh()), nn.Tanh())
    scopes = []

    def run():
        for _ in range(200):
            y = model(Tensor([1.0]))
            scopes.append((y.scope, y.parents[0].scope))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(scopes) == {("1", "0.0")}


def test_containers():
    model = nn.Sequential(nn.Linear(2, 3), np.tanh, nn.Residual(nn.Linear(3, 3), nn.ReLU()))
    x = np.array([[0.5, -1.0]])
    hidden = np.tanh(model[0](x).data)
    expected = hidden + np.maximum(model[2][0](hidden).data, 0)
    np.testing.assert_allclose(model(x).data, expected)
    assert len(model) == 3
    assert isinstance(model[:1], nn.Sequential)
    assert [name for name, _ in model.named_parameters()] == [
        "0.weight", "0.bias", "2.0.weight", "2.0.bias"
    ]  # fmt: skip
    with pytest.raises(DataError, match="3"):
        nn.Sequential(nn.Linear(2, 3), 3)
    with pytest.raises(ShapeError, match=r"\(1, 3\).*\(1, 2\)"):
        nn.Residual(nn.Linear(3, 2))(np.ones((1, 3)))


def test_the_repr_is_a_tree_with_counts():
    assert repr(Network()).splitlines()[:4] == [
        "Network: 37 parameters",
        "  first: Linear(in_features=2, out_features=3): 9 parameters",
        "  layers.0: Linear(in_features=3, out_features=3): 12 parameters",
        "  layers.1.a: Linear(in_features=3, out_features=3): 9 parameters",
    ]
    assert repr(nn.Sequential(nn.Sequential(nn.ReLU()))).splitlines() == [
        "Sequential", "  0: Sequential", "    0: ReLU"
    ]  # fmt: skip


def test_modules_can_be_copied_and_pickled():
    model = Network()
    x = np.array([[1.0, 2.0], [0.0, 1.0]])
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert isinstance(other.first.weight, nn.Parameter)
        assert other.first.weight is not model.first.weight
        np.testing.assert_array_equal(other(x).data, model.train()(x).data)
    activation = pickle.loads(pickle.dumps(nn.LeakyReLU(0.3)))
    assert activation.negative_slope == 0.3


def test_optional_packages_are_imported_only_when_needed(run_python):
    program = (
        "import sys, autograd; assert 'nn' not in sys.modules; import nn;"
        "print({'scipy', 'sklearn', 'matplotlib', 'tqdm', 'safetensors'} & {*sys.modules})"
    )
    assert run_python(program).stdout == "set()\n"


def test_a_seed_makes_a_run_reproducible_bit_for_bit():
    def run():
        nn.seed(3)
        model = nn.Sequential(nn.Conv1d(2, 3, 3), nn.Dropout(0.4), nn.Flatten(), nn.Linear(9, 2))
        y = model(np.ones((4, 2, 5)))
        (y**2).sum().backward()
        return [y.data, *(p.grad for p in model.parameters())]

    for first, second in zip(run(), run(), strict=True):
        np.testing.assert_array_equal(first, second)
    ours = [nn.GRU(2, 3, generator=np.random.default_rng(0)).weight_hh_l0.data for _ in range(2)]
    np.testing.assert_array_equal(*ours)
    with pytest.raises(DataError, match="default_rng"):
        nn.Linear(2, 2, generator=3)


def test_dir_lists_the_public_names_only():
    assert dir(nn) == sorted(nn.__all__)
    assert dir(nn.optim) == sorted(nn.optim.__all__)
    assert all(hasattr(nn, name) for name in dir(nn))
    assert nn.losses.mse is nn.mse  # submodules stay attributes
