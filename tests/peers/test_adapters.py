"""Functions of PyTorch and JAX are checked as they are, with their own derivative."""

import numpy as np
import pytest

from autograd import check_gradients
from autograd.errors import DataError

WHY = "{} is not installed; `make test-peers` does it"
torch = pytest.importorskip("torch", reason=WHY.format("PyTorch"))
jax = pytest.importorskip("jax", reason=WHY.format("JAX"))
jnp = jax.numpy
random = np.random.default_rng(2)


def unraised(*arguments, **options):
    return check_gradients(*arguments, raises=False, **options)


def tensor(*shape, dtype=torch.float64, grad=False):
    return torch.tensor(random.normal(size=shape), dtype=dtype, requires_grad=grad)


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, beta, wrong):
        s = torch.sigmoid(beta * x)
        ctx.save_for_backward(x, beta, s)
        ctx.wrong = wrong
        return x * s

    @staticmethod
    def backward(ctx, g):
        x, beta, s = ctx.saved_tensors
        dbeta = (g * x * x * s * (1 - s)).sum()
        if ctx.wrong:
            dbeta = (g * x * s * (1 - s)).sum()
        return g * (s + beta * x * s * (1 - s)), dbeta, None


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(x):
        return x**3

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return 3 * x**2 * g


# -- PyTorch ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32])
@pytest.mark.parametrize("f", [Swish, Swish.apply])
def test_an_autograd_function_is_checked_by_its_backward(f, dtype):
    x, beta = tensor(4, dtype=dtype), tensor(dtype=dtype)
    report = check_gradients(f, x, beta, False)
    assert [leaf.path for leaf in report.leaves] == ["x", "beta"]
    assert report.counts == {"ok": 20}
    report = unraised(f, x, beta, True)
    assert {c.where for c in report.comparisons if c.verdict == "WRONG"} == {"beta"}
    assert report.lines[0].statement == "dbeta = (g * x * s * (1 - s)).sum()"


def test_a_function_with_setup_context_and_numpy_inputs():
    report = check_gradients(Cube, np.array([0.5, -1.0]))
    assert report.counts == {"ok": 4}
    assert report.leaves[0].path == "x"


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.norm = torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4)
        self.last = torch.nn.Linear(4, 2)
        self.last.bias.requires_grad_(False)

    def forward(self, data, scale=1.0):
        h = torch.dropout(torch.tanh(self.norm(self.first(data))), 0.3, self.training)
        return self.last(h).pow(2).sum() * scale


@pytest.mark.parametrize("kind", [torch.float32, "array"])
def test_a_module_is_checked_with_its_parameters(kind):
    model = Model()
    data = random.normal(size=(6, 3)) if kind == "array" else tensor(6, 3, dtype=kind)
    before = {n: t.clone() for n, t in model.state_dict().items()}
    state = torch.random.get_rng_state()
    report = check_gradients(model, data, kwargs={"scale": 2.0})
    assert report.ok
    assert [leaf.path for leaf in report.leaves][:3] == ["data", "first.weight", "first.bias"]
    assert "last.bias" not in [leaf.path for leaf in report.leaves]
    assert all(torch.equal(t, before[n]) for n, t in model.state_dict().items())
    assert torch.equal(torch.random.get_rng_state(), state)
    assert all(p.grad is None for p in model.parameters())


def test_only_what_requires_a_gradient_is_asked():
    report = check_gradients(lambda w, x: (w * x).sin().sum(), tensor(3, grad=True), tensor(3))
    assert [leaf.path for leaf in report.leaves] == ["w"]
    report = check_gradients(
        lambda w, x: (w * x).sin().sum(), tensor(3, grad=True), tensor(3), wrt=["w", "x"]
    )
    assert [leaf.path for leaf in report.leaves] == ["w", "x"]


def test_a_detached_part_is_found():
    report = unraised(lambda x: (x * x.detach()).sum(), tensor(3))
    assert report.counts == {"WRONG": 3}
    assert report.reasons


def test_a_model_in_place_of_the_arguments_does_not_pass():
    model = Model()
    data = torch.ones(4, 3)
    report = unraised(lambda *parameters: model(data), *model.parameters())
    assert report.counts.keys() == {"ignored"}
    assert "Then pass the model" in report.notes[-1]


@pytest.mark.parametrize(
    "f",
    [
        lambda z: (z**2 * z.conj()).sum(),
        lambda z: z.abs().sum(),
        lambda z: torch.fft.fft(z),
        lambda z: {"a": z.real, "b": (z.imag, z * 1j)},
        lambda z: torch.view_as_real(z).mul_(2),
    ],
)
def test_complex_tensors_and_several_results(f):
    z = torch.complex(tensor(3), tensor(3))
    assert check_gradients(f, z).ok


# -- JAX ----------------------------------------------------------------------------------------


def product(wrong):
    @jax.custom_vjp
    def f(x, y):
        return jnp.sin(x) * y

    def fwd(x, y):
        return f(x, y), (x, y)

    def bwd(kept, g):
        x, y = kept
        if wrong:
            return -g * y * jnp.cos(x), g * jnp.sin(x)
        return g * y * jnp.cos(x), g * jnp.sin(x)

    f.defvjp(fwd, bwd)
    return f


@pytest.mark.parametrize("make", [np.asarray, jnp.asarray])
def test_a_custom_vjp_is_checked_by_its_backward(make):
    x, y = make(random.normal(size=3)), make(random.normal(size=3))
    report = check_gradients(product(False), x, y)
    assert [leaf.path for leaf in report.leaves] == ["x", "y"]
    assert report.counts == {"ok": 18}
    report = unraised(product(True), x, y)
    assert {c.where[0] for c in report.comparisons if c.verdict == "WRONG"} == {"x"}
    assert report.lines[0].statement == "return -g * y * jnp.cos(x), g * jnp.sin(x)"


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit])
def test_trees_integers_and_single_precision_in_jax(wrap):
    def f(params, labels, x):
        scores = jnp.tanh(x @ params["W"]) + params["b"][0]
        return -jax.nn.log_softmax(scores)[jnp.arange(4), labels].mean(), scores

    params = {"W": jnp.ones((3, 2)) * 0.3, "b": [jnp.zeros(2)]}
    report = check_gradients(wrap(f), params, jnp.array([0, 1, 1, 0]), jnp.ones((4, 3)) * 0.2)
    assert report.counts.keys() == {"ok"}
    assert report.leaves[0].data.dtype == np.float32


def test_complex_functions_and_lost_gradients_in_jax():
    z = jnp.array([1 + 2j, 0.3 - 1j])
    assert check_gradients(lambda z: (z**2 * z.conj(), jnp.abs(z)), z).ok
    report = unraised(lambda x: (x * jax.lax.stop_gradient(x)).sum(), jnp.ones(3))
    assert report.counts == {"WRONG": 3}


def test_orders_of_a_framework_are_refused():
    with pytest.raises(DataError, match="order= is for derivatives by this library"):
        check_gradients(jnp.sin, jnp.ones(2), order=2)
