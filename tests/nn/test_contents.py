"""A parameter that a module holds is trained, or an error says how it would be."""

import collections
import dataclasses
import pickle
import types
import warnings

import numpy as np
import pytest

import nn
from autograd import Tensor, Value, jit, no_grad
from autograd.errors import DataError, OptionError

Named = collections.namedtuple("Named", "part")


@dataclasses.dataclass
class Record:
    part: object
    other: int = 3


class Nested(collections.UserDict):
    """A mapping that is not a dict."""


CONTAINERS = {
    "attribute": lambda part: part,
    "list": lambda part: [1, part],
    "tuple": lambda part: (part, "x"),
    "named tuple": Named,
    "dict value": lambda part: {"a": None, "b": part},
    "ordered dict": lambda part: collections.OrderedDict(b=part),
    "nested": lambda part: [{"a": ((part,),)}],
    "deque": lambda part: collections.deque([part]),
    "user list": lambda part: collections.UserList([part]),
    "user dict": lambda part: Nested(b=part),
    "read-only dict": lambda part: types.MappingProxyType({"b": part}),
    "dataclass": Record,
    "namespace": lambda part: types.SimpleNamespace(b=part),
    "list of dataclasses": lambda part: [Record(part)],
    "set": lambda part: {part, 3},
    "frozen set": lambda part: frozenset([part]),
    "dict keys": lambda part: {"a": {part}},
    "object array": lambda part: filled(part),
}
REFUSED = {"set", "frozen set", "dict keys", "object array"}


def filled(part):
    array = np.empty(2, object)
    array[1] = part
    return array


class Holder(nn.Module):
    def __init__(self, held):
        self.held = held


@pytest.mark.parametrize("kind", ["module", "parameter"])
@pytest.mark.parametrize("name", CONTAINERS)
def test_parameters_in_any_container_are_found_or_refused(name, kind):
    part = nn.Linear(2, 3, bias=False) if kind == "module" else nn.Parameter(np.ones((3, 2)))
    model = nn.Sequential(Holder(CONTAINERS[name](part)))
    if name in REFUSED:
        with pytest.raises(DataError, match="Use a list or a dict"):
            nn.optim.SGD(model.parameters())
        return
    parameter = part.weight if kind == "module" else part
    (path, found), = model.named_parameters()  # fmt: skip
    assert found is parameter
    assert path.startswith("0.held")
    assert model.state_dict()[path].shape == (3, 2)
    assert any(part is module for module in model.modules()) == (kind == "module")
    if name != "read-only dict":  # which Python cannot copy
        other = pickle.loads(pickle.dumps(model))
        other.load_state_dict({path: np.zeros((3, 2))})
        assert not other.parameters()[0].data.any()


#: Statements about a layer `l`, and whether PyTorch and this library refuse them.
STATEMENTS = {
    "l.weight *= 0.1": True,
    "l.weight = l.weight * 0.1": True,
    "l.weight -= Tensor(w)": True,
    "l.weight = Tensor(w)": True,
    "l.weight = Tensor(w, requires_grad=False)": True,
    "l.weight = w": True,
    "l.weight = w.tolist()": True,
    "l.weight = 0.0": True,
    "l.weight = np.zeros_like(l.weight)": True,
    "setattr(l, 'weight', w)": True,
    "l.bias = Value(1.0)": True,
    "l.weight = nn.Parameter(w)": False,
    "l.weight.data *= 0.1": False,
    "l.weight.data = w": False,
    "l.weight.data[...] = w": False,
    "l.weight[...] = w": False,
    "l.load_state_dict({'weight': w, 'bias': w[0]})": False,
}


@pytest.mark.parametrize("graph", [True, False], ids=["recording", "no_grad"])
@pytest.mark.parametrize("statement", STATEMENTS)
def test_no_statement_makes_a_parameter_vanish(statement, graph):
    layer, w = nn.Linear(2, 2), np.ones((2, 2))
    names = {"l": layer, "w": w, "nn": nn, "np": np, "Tensor": Tensor, "Value": Value}
    before = layer.state_dict()
    raised = None
    try:
        if graph:
            exec(statement, names)
        else:
            with no_grad():
                exec(statement, names)
    except Exception as error:
        raised = error
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]
    if raised is not None:
        np.testing.assert_array_equal(layer.weight.data, before["weight"])
    in_place = "*=" in statement or "-=" in statement
    refused = STATEMENTS[statement] and (graph or not in_place)
    assert (raised is not None) >= refused
    if isinstance(raised, DataError):
        assert "nn.Parameter(array)" in str(raised)


def test_a_parameter_can_be_removed_and_replaced_on_purpose():
    layer = nn.Linear(2, 2)
    layer.bias = None
    assert len(layer.parameters()) == 1
    layer.bias = nn.Parameter(np.zeros(2))
    assert layer(np.ones(2)).shape == (2,)
    del layer.weight
    layer.weight = np.ones((2, 2))
    assert [name for name, _ in layer.named_parameters()] == ["bias"]


def test_a_module_is_not_replaced_by_numbers():
    model = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(DataError, match=r"0 is a module of this Sequential; a.* in its place"):
        setattr(model, "0", np.zeros(2))
    setattr(model, "0", np.tanh)
    model = Holder(nn.Tanh())
    model.held = None
    model.held = nn.ReLU()


def test_leaves_that_are_not_parameters_warn():
    for leaf, name in ((Tensor([1.0]), "Tensor"), (Value(1.0), "Value")):
        with pytest.warns(UserWarning, match=rf"held is a {name} .* nn.Parameter\(array\)"):
            Holder(leaf)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Holder(Tensor([1.0], requires_grad=False))
        Holder(nn.Parameter([1.0]) * 2)


def test_parameters_of_a_class_are_refused():
    with pytest.raises(DataError, match=r"weight is an attribute of the class.*self\.weight"):

        class Wrong(nn.Module):
            weight = nn.Parameter([1.0])

    with pytest.raises(DataError, match="inner"):

        class Other(nn.Module):
            inner = nn.Linear(2, 2)

    @dataclasses.dataclass(repr=False, eq=False)
    class Right(nn.Module):
        inner: nn.Module = nn.Tanh()  # noqa: RUF009

    assert len(Right().children()) == 1


# -- PyTorch's methods ------------------------------------------------------------------------


class Pair(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2), nn.Tanh()])
        self.add_module("last", nn.Linear(2, 1))
        self.register_parameter("scale", nn.Parameter([2.0]))
        self.register_parameter("none", None)
        self.register_buffer("kept", np.zeros(2))
        self.register_buffer("unsaved", np.ones(3), persistent=False)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.last(x) * self.scale


def test_lists_are_iterators_as_in_pytorch():
    model = Pair()
    assert next(model.parameters()) is model.scale
    assert next(model.children()) is model.layers
    assert [name for name, _ in model.named_children()] == ["layers", "last"]
    name, _ = next(model.named_parameters())
    assert name == "scale"
    parameters = model.parameters()
    assert next(parameters) is not next(parameters)
    assert list(parameters) == [*parameters]
    assert len(model.parameters(recurse=False)) == 1
    with pytest.raises(StopIteration):
        next(nn.Tanh().parameters())


def test_apply_reaches_inner_modules_first():
    seen = []
    assert isinstance(Pair().apply(lambda module: seen.append(type(module).__name__)), Pair)
    assert seen == ["Linear", "Tanh", "ModuleList", "Linear", "Pair"]


def test_some_buffers_are_not_saved():
    model = Pair()
    assert "kept" in model.state_dict()
    assert "unsaved" not in model.state_dict()
    assert dict(model.named_buffers()).keys() == {"kept", "unsaved"}
    assert model.astype(np.float32).unsaved.dtype == np.float32
    model.register_buffer("unsaved", None)
    assert len(model.buffers()) == 1


def test_modules_and_parameters_are_found_by_path():
    model = Pair()
    assert model.get_submodule("layers.0") is model.layers[0]
    assert model.get_submodule("") is model
    assert model.get_parameter("layers.0.bias") is model.layers[0].bias
    with pytest.raises(OptionError, match=r"no module named 'x'; there is .*layers\.1"):
        model.get_submodule("x")
    for add in (model.add_module, model.register_parameter):
        with pytest.raises(DataError, match="not ndarray"):
            add("new", np.zeros(2))


def test_gradients_can_be_reset_to_zeros():
    layer = nn.Linear(2, 2)
    layer(np.ones(2)).sum().backward()
    layer.zero_grad(set_to_none=False)
    assert layer.weight.grad.tolist() == [[0.0, 0.0], [0.0, 0.0]]
    layer.zero_grad()
    assert layer.weight.grad is None


@pytest.mark.parametrize("jitted", [False, True])
def test_hooks_see_and_replace_inputs_and_outputs(jitted):
    layer = nn.Linear(2, 1)
    call = jit(lambda x: layer(x).data) if jitted else lambda x: layer(x).data
    x = np.array([[1.0, 2.0]])
    plain = call(x)
    first = layer.register_forward_pre_hook(lambda module, inputs: inputs[0] * 2)
    second = layer.register_forward_hook(lambda module, inputs, y: y + inputs[0].sum())
    third = layer.register_forward_hook(lambda module, inputs, y: None)
    bias = layer.bias.data
    np.testing.assert_allclose(call(x), (plain - bias) * 2 + bias + 6.0)
    first.remove()
    np.testing.assert_allclose(call(x), plain + 3.0)
    second.remove()
    third()
    third.remove()
    np.testing.assert_array_equal(call(x), plain)


def test_lists_of_modules_are_lists():
    layers = [nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 3)]
    for make in (nn.ModuleList, lambda modules: nn.Sequential(*modules)):
        model = make(layers)
        assert list(model.append(nn.ReLU()))[:3] == layers
        model.insert(1, np.sin)
        assert model[1] is np.sin
        assert [name for name, _ in model.named_parameters()][-1] == "3.bias"
        del model[1]
        assert model[-1] is model[3]
        model[3] = nn.Sigmoid()
        assert isinstance(model[3], nn.Sigmoid)
        assert len(model[:2]) == 2
        assert type(model[:2]) is type(model)
        assert len(model.extend([nn.ReLU(), nn.ReLU()])) == 6
        with pytest.raises(DataError, match="not 3"):
            model.append(3)
        assert len(model) == 6
    with pytest.raises(OptionError, match="for module in modules"):
        nn.ModuleList(layers)(np.ones(2))


def test_a_sequential_may_name_its_modules():
    model = nn.Sequential(
        collections.OrderedDict([("fc", nn.Linear(2, 3)), ("act", nn.ReLU()), ("out", np.sum)])
    )
    assert [name for name, _ in model.named_parameters()] == ["fc.weight", "fc.bias"]
    x = np.array([1.0, 2.0])
    assert model(x).item() == np.maximum(model.fc(x).data, 0).sum()
    assert model[1] is model.act
    assert len(model) == 3
    with pytest.raises(OptionError, match="cannot be named 'forward'"):
        nn.Sequential({"forward": nn.Tanh()})
    with pytest.raises(OptionError, match="have names"):
        model.append(nn.Tanh())


def test_a_dict_of_modules_is_a_dict():
    heads = nn.ModuleDict({"a": nn.Linear(2, 1)})
    heads["b"] = nn.Linear(2, 2)
    heads.update({"a": nn.Linear(2, 3, bias=False)})
    assert (heads.keys(), len(heads), "b" in heads, "c" in heads) == (["a", "b"], 2, True, False)
    assert [name for name, _ in heads.named_parameters()] == ["a.weight", "b.weight", "b.bias"]
    assert heads["a"](np.ones(2)).shape == (3,)
    assert [type(module) for module in heads.values()] == [nn.Linear, nn.Linear]
    del heads["a"]
    assert dict(heads.items()).keys() == {"b"}
    with pytest.raises(KeyError):
        heads["a"]
    with pytest.raises(OptionError, match=r"'training'"):
        heads["training"] = nn.Tanh()
    with pytest.raises(OptionError, match=r"modules\[name\]"):
        heads(3.0)
    assert nn.Identity(3, unused=True)(4.0) == 4.0


def test_a_functional_call_uses_other_parameters_once():
    model = Pair()
    model.extra = [{"a": nn.Parameter([1.0])}]
    x = np.array([[1.0, 2.0]])
    before = model.state_dict()
    expected = model(x).data
    scale = Tensor([3.0])
    y = nn.functional_call(model, {"scale": scale, "extra.0.a": scale}, x)
    np.testing.assert_allclose(y.data, expected * 1.5)
    y.sum().backward()
    np.testing.assert_allclose(scale.grad, expected[0] / 2)
    assert model.scale.grad is None
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])
    with pytest.raises(OptionError, match="no parameter named 'weight'"):
        nn.functional_call(model, {"weight": scale}, x)
    shared = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 2, bias=False))
    shared[1].weight = shared[0].weight
    found = nn.functional_call(shared, {"0.weight": Tensor(np.eye(2) * 2)}, x)
    np.testing.assert_array_equal(found.data, 4 * x)
