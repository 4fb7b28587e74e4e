"""`nn.torch_style` beyond single calls: memory, modules, programs, files, errors."""

import copy
import functools
import io
import math
import operator
import pickle
from collections import OrderedDict, defaultdict, deque, namedtuple
from types import MappingProxyType

import numpy as np
import pytest

import autograd
import nn as plain_nn
import nn.torch_style as torch
from autograd.errors import (
    DataError,
    GradientLostError,
    GraphError,
    OptionError,
    ShapeError,
    TraceError,
    WeightsError,
)
from nn.torch_style import nn, optim
from nn.torch_style.nn import functional
from nn.torch_style.nn.utils import fusion
from nn.torch_style.utils import _pytree as pytree
from nn.torch_style.utils.data import DataLoader, Dataset, RandomSampler, TensorDataset

# -- memory -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.float32, torch.int64])
def test_views_and_their_base_see_changes(dtype):
    x = torch.zeros(4, dtype=dtype)
    part = x[1:3]
    part += 1
    x.view(2, 2)[0, 0] = 5
    x.T.data[3] = 7
    assert x.tolist() == [5, 1, 1, 7]
    assert part.tolist() == [1, 1]


def test_arrays_and_tensors_share_memory_both_ways():
    x = torch.ones(3)
    array = x.numpy()
    x.add_(1)
    x[0] = 7
    assert array.tolist() == [7, 2, 2]
    array[1] = 5
    part = x[1:]
    part.mul_(2)
    assert x.tolist() == [7, 10, 4]
    source = np.ones(2)
    shared = torch.from_numpy(source)
    np.add(source, 1, out=source)
    shared += 1
    assert source.tolist() == shared.tolist() == [3, 3]
    w = torch.ones(3, requires_grad=True)
    y = (w * x).sum()
    x.zero_()
    with pytest.raises(GraphError, match="changed in place"):
        y.backward()


def test_data_and_gradients_are_memory():
    x = torch.ones(2, requires_grad=True)
    x.data.mul_(3)
    x.detach()[0] = 4
    (x * x).sum().backward()
    assert x.tolist() == [4, 3]
    x.grad.data.clamp_(max=7)
    x.grad *= 0.5
    assert x.grad.tolist() == [3.5, 3]
    kept = x.grad
    x.grad.zero_()
    assert kept.tolist() == [0, 0]


def test_what_a_derivative_needs_is_not_overwritten_silently():
    x = torch.ones(2, requires_grad=True)
    h = x * 2
    y = (h * h).sum()
    h.detach().zero_()
    with pytest.raises(GraphError, match="changed in place"):
        y.backward()
    with pytest.raises(DataError, match="leaf"):
        x.add_(1)
    with pytest.raises(DataError, match=r"x\.clone\(\)"):
        torch.from_numpy(np.zeros(2)).copy_(h)


def test_constants_take_computed_elements():
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    total = torch.zeros(3)
    view = total[:2]
    view.add_(x * x)
    total[2] = x[0]
    (total * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    assert view.tolist() == [4, 9]
    assert x.grad.tolist() == [104, 60]
    assert not total.is_leaf
    assert x.is_leaf


# -- modules ------------------------------------------------------------------------------------


def test_inner_layers_of_layers_are_shown_as_tensors_and_modules():
    model = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True), 2)
    layers = [m for m in model.modules() if isinstance(m, nn.Linear)]
    for layer in layers:
        nn.init.zeros_(layer.weight)
    assert len(layers) == 6
    assert model.layers[0].linear1.weight.abs().sum() == 0
    assert model.layers[0].self_attn.in_proj_weight.size() == (24, 8)
    assert model(torch.ones(1, 3, 8)).shape == (1, 3, 8)
    assert all(isinstance(p, nn.Parameter) for p in model.parameters())
    assert model.layers[0].linear1.weight is model.layers[0].linear1.weight


def test_parameters_replaced_shared_and_copied_stay_parameters():
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3), nn.BatchNorm1d(3))
    model[1].weight = model[0].weight
    assert len(list(model.parameters())) == 5
    twin = copy.deepcopy(model)
    restored = pickle.loads(pickle.dumps(model))
    with torch.no_grad():
        model[0].weight.zero_()
    for other in (twin, restored):
        assert other[0].weight.abs().sum() > 0
        assert other[1].weight is other[0].weight
    assert model[1].weight.abs().sum() == 0
    with pytest.raises(DataError, match="would not be trained"):
        model[0].bias = torch.zeros(3)


def test_buffers_change_and_move_with_the_module():
    class Mean(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("total", torch.zeros(2))
            self.register_buffer("count", torch.tensor(0))

        def forward(self, x):
            self.count += 1
            self.total = 0.5 * self.total + 0.5 * x
            return self.total / self.count

    model = Mean()
    model(torch.ones(2))
    assert model(torch.ones(2)).tolist() == [0.375, 0.375]
    assert model.count.dtype == torch.int64
    assert model.double().total.dtype == torch.float64
    assert list(model.state_dict()) == ["total", "count"]


def test_the_state_shares_memory_with_the_model():
    model, average = nn.Linear(2, 2), nn.Linear(2, 2)
    kept = copy.deepcopy(average.state_dict())
    for name, array in average.state_dict().items():
        array.copy_(0.5 * array + 0.5 * model.state_dict()[name])
    expected = 0.5 * (kept["weight"] + model.weight.detach())
    assert torch.allclose(average.weight, expected)
    y = (average.weight * average.weight).sum()
    average.state_dict()["weight"].zero_()
    with pytest.raises(GraphError, match="changed in place"):
        y.backward()


def test_lists_in_attributes_are_the_lists_themselves():
    class Stack(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers, self.seen = [], []
            for _ in range(2):
                self.layers.extend([nn.Linear(2, 2), nn.ReLU()])
            self.layers.pop()
            self.layers = nn.Sequential(*self.layers)

        def forward(self, x):
            self.seen.append(x.sum())
            return self.layers(x)

    model = Stack()
    model(torch.ones(1, 2))
    assert len(model.layers) == 3
    assert len(model.seen) == 1


@pytest.mark.parametrize("prepend", [False, True])
@pytest.mark.parametrize("early_first", [False, True])
def test_backward_hooks_run_in_order(prepend, early_first):
    """Each gets what those before it have returned; the early ones come before the layer."""
    layer, seen = nn.Linear(2, 2, bias=False), []
    layer.weight = nn.Parameter(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))

    def after(name, factor):
        def hook(module, inputs, outputs):
            seen.append((name, inputs[0].tolist(), outputs[0].tolist()))
            return (factor * inputs[0],)

        layer.register_full_backward_hook(hook, prepend=prepend)

    def before(name, factor):
        def hook(module, outputs):
            seen.append((name, outputs[0].tolist()))
            return (factor * outputs[0],)

        return layer.register_full_backward_pre_hook(hook, prepend=prepend)

    kinds = [(before, "c", 5.0), (before, "d", 7.0), (after, "a", 2.0), (after, "b", 3.0)]
    removed = [make(name, factor) for make, name, factor in kinds[:: 1 if early_first else -1]]
    x = torch.ones(1, 2, requires_grad=True)
    layer(x).sum().backward()
    order = "".join(name for name, *_ in seen)
    assert order == ("cdab" if early_first is not prepend else "dcba")
    g = [35.0, 35.0]
    assert seen[2][1:] == ([[140.0, 210.0]], [g])
    assert seen[0][1:] == ([[1.0, 1.0]],)
    assert x.grad.tolist() == [[840.0, 1260.0]]
    assert layer.weight.grad.tolist() == [g, g]
    for hook in removed:
        if hook is not None:
            hook.remove()
    layer(x).sum().backward()
    assert "".join(name for name, *_ in seen[4:]) == order[2:]


def test_hooks_get_tensors():
    seen = []
    layer = nn.Linear(3, 2)
    hook = layer.register_forward_hook(lambda module, x, y: seen.append((x[0].size(), y.size())))
    x = torch.ones(1, 3, requires_grad=True)
    removed = x.register_hook(lambda g: g.mul(2))
    layer(x).sum().backward()
    hook.remove()
    removed.remove()
    layer(x)
    assert seen == [((1, 3), (1, 2))]
    np.testing.assert_allclose(x.grad, 2 * layer.weight.detach().sum(0, keepdim=True), rtol=1e-6)


@pytest.mark.parametrize("is_compiled", [False, True], ids=["eager", "compiled"])
def test_optimisers_may_step_during_backward(is_compiled):
    found = []
    for in_backward in (False, True):
        torch.manual_seed(0)
        model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
        own = {p: torch.optim.Adam([p], lr=0.1) for p in model.parameters()}

        def update(p, own=own):
            own[p].step()
            own[p].zero_grad()

        if in_backward:
            for p in model.parameters():
                p.register_post_accumulate_grad_hook(update)

        def step(x, model=model, own=own, in_backward=in_backward):
            loss = (model(x) ** 2).mean()
            loss.backward()
            for p in () if in_backward else own:
                update(p, own)
            return loss.detach()

        step = torch.compile(step) if is_compiled else step
        losses = [step(torch.full((2, 3), 0.1 * i)).item() for i in range(4)]
        assert all(p.grad is None for p in own)
        found.append([losses, *(p.tolist() for p in own)])
    assert found[0] == found[1]


def test_one_pass_through_several_results_calls_hooks_once():
    x, w = torch.tensor([1.0, 2.0], requires_grad=True), torch.tensor(3.0, requires_grad=True)
    seen, factor = [], torch.tensor([1.0, 2.0])
    x.register_hook(lambda g: seen.append(g.tolist()))
    with x.register_post_accumulate_grad_hook(lambda x: seen.append((x.grad + 0).tolist())):
        torch.autograd.backward([(x * w).sum(), x * x], [None, factor])
        torch.autograd.grad([(x * w).sum(), x * x], x, [None, factor])
        torch.autograd.backward([(x * w).sum(), x.sum()], inputs=[x])
    x.sum().backward()
    assert seen == [[5, 11], [5, 11], [5, 11], [4, 4], [9, 15], [1, 1]]
    assert w.grad == 3


def test_layers_have_the_arguments_of_pytorch_as_attributes():
    attention = nn.MultiheadAttention(4, 2, dropout=0.3)
    assert (attention.dropout, attention.head_dim) == (0.3, 2)
    attention.dropout = 0
    assert attention(*[torch.ones(1, 2, 4)] * 3)[1].sum() == 2
    assert attention.dropout == 0
    with pytest.raises(TypeError):
        attention.dropout = nn.Dropout(0.3)
    with pytest.raises(AttributeError):
        attention.head_dim = 3
    layer = nn.Conv2d(2, 4, 3, padding=1, groups=2)
    assert (layer.padding, layer.dilation, layer.groups) == ((1, 1), (1, 1), 2)
    assert (layer.padding_mode, layer.transposed, layer.kernel_size) == ("zeros", False, (3, 3))
    assert nn.Softmax(1).dim == 1
    assert nn.Embedding(3, 2).max_norm is None
    assert not hasattr(layer, "gropus")
    assert isinstance(nn.BatchNorm2d(1), nn.modules.batchnorm._BatchNorm)


def test_parameters_are_drawn_again_as_at_first():
    torch.manual_seed(3)
    first = nn.Linear(4, 2)
    weight = first.weight
    before = weight.tolist()
    torch.nn.init.zeros_(first.weight)
    torch.manual_seed(3)
    first.reset_parameters()
    assert first.weight is weight
    assert weight.tolist() == before


def test_an_overridden_reset_draws_in_place_of_the_layer():
    class Wide(nn.Linear):
        def reset_parameters(self):
            nn.init.normal_(self.weight, std=2.0)
            nn.init.zeros_(self.bias)

    torch.manual_seed(1)
    expected = (2.0 * torch.randn(3, 5)).tolist()
    torch.manual_seed(1)
    layer = Wide(5, 3)
    assert layer.weight.tolist() == expected
    assert not layer.bias.any()


def test_a_module_assigned_to_a_sequential_is_applied():
    model = nn.Sequential(nn.Linear(2, 3))
    model.head = nn.Linear(3, 1)
    model.add_module("last", nn.Sigmoid())
    assert model(torch.ones(4, 2)).shape == (4, 1)
    assert len(model) == 3
    del model.last
    assert [name for name, _ in model.named_children()] == ["0", "head"]


def test_parametrized_layers_inside_others_compute_their_weight():
    class Doubled(nn.Module):
        def forward(self, w):
            return 2 * w

    torch.manual_seed(0)
    block = nn.TransformerEncoderLayer(4, 2, 6, dropout=0.0, batch_first=True).eval()
    x = torch.randn(2, 3, 4)
    before, weight = block(x), block.linear2.weight.clone()
    nn.utils.parametrize.register_parametrization(block.linear2, "weight", Doubled())
    assert torch.equal(block.linear2.weight, 2 * weight)
    assert not torch.allclose(block(x), before)
    block(x).sum().backward()
    assert block.linear2.parametrizations.weight.original.grad is not None
    nn.utils.parametrize.remove_parametrizations(block.linear2, "weight", leave_parametrized=False)
    assert torch.allclose(block(x), before)


def test_lazy_layers_become_others_with_the_same_numbers():
    torch.manual_seed(0)
    model = nn.Sequential(nn.LazyLinear(3), nn.LazyBatchNorm1d())
    x = torch.randn(4, 5)
    torch.manual_seed(2)
    y = model(x)
    torch.manual_seed(2)
    assert torch.equal(y, nn.Sequential(nn.Linear(5, 3), nn.BatchNorm1d(3))(x))
    assert [type(layer) for layer in model] == [nn.Linear, nn.BatchNorm1d]


def test_groups_keep_what_programs_store_there():
    def made():
        layer = nn.Linear(1, 1)
        groups = [{"params": [layer.weight], "lr_scale": 0.5}, {"params": [layer.bias]}]
        return optim.SGD(groups, lr=0.1)

    first, second = made(), made()
    first.param_groups[0]["lr_scale"] = 0.25
    second.load_state_dict(first.state_dict())
    assert second.param_groups[0]["lr_scale"] == 0.25


def test_the_state_of_a_parameter_is_read_and_kept_by_subclasses():
    layer = nn.Linear(3, 2)
    optimizer = optim.Adam(layer.parameters(), lr=0.1)
    assert len(optimizer.state) == len(optimizer.state[layer.weight]) == 0
    layer(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    state = optimizer.state[layer.weight]
    assert sorted(state) == ["exp_avg", "exp_avg_sq", "step"]
    assert (state["step"].item(), state["exp_avg"].shape) == (1.0, (2, 3))
    assert [p is q for p, q in zip(optimizer.state, layer.parameters(), strict=True)] == [True] * 2
    with pytest.raises(ValueError, match="read-only"):
        state["exp_avg"].zero_()
    with pytest.raises(TypeError, match="assignment"):
        state["exp_avg"] = torch.zeros(2, 3)
    optimizer.state = {}
    assert layer.weight not in optimizer.state

    class Signs(optim.SGD):
        @torch.no_grad()
        def step(self):
            for p in self.param_groups[0]["params"]:
                self.state[p]["count"] = self.state[p].get("count", torch.zeros(p.shape)) + 1
                p.sub_(self.state[p]["count"] * p.grad.sign())

    own = Signs(layer.parameters(), lr=1.0)
    own.step()
    again = Signs(layer.parameters(), lr=1.0)
    again.load_state_dict(own.state_dict())
    assert again.state[layer.bias]["count"].tolist() == [1, 1]


def test_samples_of_distributions_have_their_shape_and_average():
    torch.manual_seed(0)
    two = torch.tensor([1.5, 3.0])
    found = [
        torch.distributions.Gamma(two, two), torch.distributions.Beta(two, 2.0),
        torch.distributions.Poisson(two), torch.distributions.Exponential(two),
        torch.distributions.Laplace(two, 1.0), torch.distributions.Gumbel(two, 0.5),
        torch.distributions.LogNormal(two, 0.1), torch.distributions.HalfNormal(two),
        torch.distributions.Binomial(5, two / 4), torch.distributions.Geometric(two / 4),
        torch.distributions.NegativeBinomial(two, 0.4), torch.distributions.Pareto(two, 6.0),
        torch.distributions.Weibull(two, 2.0), torch.distributions.InverseGamma(two + 4, two),
        torch.distributions.Chi2(two), torch.distributions.FisherSnedecor(two, 12.0),
        torch.distributions.Kumaraswamy(two, 2.0),
        torch.distributions.MixtureSameFamily(
            torch.distributions.Categorical(torch.ones(2, 2)),
            torch.distributions.Normal(torch.stack([two, -two]), 0.5),
        ),
    ]  # fmt: skip
    for distribution in found:
        samples = distribution.sample((4000,))
        error = (samples.mean(0) - distribution.mean).abs() / distribution.stddev
        assert samples.shape == (4000, 2)
        assert error.max() < 0.1, distribution
    shares = torch.distributions.Dirichlet(torch.ones(3)).sample((2,))
    assert torch.allclose(shares.sum(-1), torch.ones(2))
    relaxed = torch.distributions.RelaxedOneHotCategorical(0.1, logits=two).rsample((2000,))
    assert abs(relaxed.mean(0) - two.softmax(-1)).max() < 0.05
    counts = torch.distributions.Multinomial(9, two).sample((2000,))
    assert (counts.sum(-1) == 9).all()
    assert abs(counts.mean(0)[0] - 3) < 0.1
    angles = torch.distributions.VonMises(two, 4.0).sample((2000,)).cos()
    assert abs(angles.mean(0) - two.cos() * 0.8635).max() < 0.05
    assert (torch.distributions.HalfCauchy(two).sample((9,)) > 0).all()
    assert torch.distributions.RelaxedBernoulli(0.5, two / 4).rsample((3,)).max() < 1
    assert torch.distributions.MultivariateNormal(two, torch.eye(2)).rsample((3,)).shape == (3, 2)


def test_every_layer_of_nn_has_a_face():
    import nn as plain

    kinds = {
        name
        for name in plain.__all__
        if isinstance(getattr(plain, name), type) and issubclass(getattr(plain, name), plain.Module)
    }
    assert {name for name in kinds if not issubclass(getattr(nn, name), nn.Module)} == set()
    assert nn.Residual(nn.Linear(2, 2))(torch.ones(1, 2)).shape == (1, 2)
    assert {name for name in plain.functional.__all__ if not hasattr(functional, name)} == set()


# -- optimisers and data ------------------------------------------------------------------------


OPTIMIZERS = [name for name in optim.__all__ if name[0].isupper() and name != "Optimizer"]


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_optimisers_continue_from_a_saved_state(name):
    def step(model, optimizer):
        def closure():
            optimizer.zero_grad()
            loss = (model(torch.ones(2, 3)) ** 4).mean()
            loss.backward()
            return loss

        optimizer.step(closure)

    def make(model):
        groups = [{"params": [model.weight]}, {"params": [model.bias], "lr": 0.5}]
        groups = groups[:1] if name == "Muon" else groups  # only matrices
        return getattr(optim, name)(model.parameters() if name == "LBFGS" else groups, lr=0.1)

    torch.manual_seed(0)
    model = nn.Linear(3, 2)
    optimizer = make(model)
    step(model, optimizer)
    buffer = io.BytesIO()
    torch.save({"m": model.state_dict(), "o": optimizer.state_dict(), "n": (1, "a", None)}, buffer)
    buffer.seek(0)
    saved = torch.load(buffer)
    other = nn.Linear(3, 2)
    other.load_state_dict(saved["m"])
    another = make(other)
    another.load_state_dict(saved["o"])
    assert saved["o"]["state"]
    for _ in range(2):
        step(model, optimizer)
        step(other, another)
    assert saved["n"] == (1, "a", None)
    assert torch.equal(model.weight, other.weight)
    assert torch.equal(model.bias, other.bias)
    assert optimizer.param_groups[0]["params"][0] is model.weight


def test_batches_are_tensors_in_the_order_of_pytorch():
    class Numbers(Dataset):
        def __len__(self):
            return 5

        def __getitem__(self, place):
            return {"x": np.float32(place), "y": place, "z": torch.ones(2) * place, "n": "a"}

    batch = next(iter(DataLoader(Numbers(), batch_size=3, num_workers=2)))
    assert batch["x"].dtype == torch.float32
    assert batch["y"].tolist() == [0, 1, 2]
    assert batch["z"].shape == (3, 2)
    assert batch["n"] == ["a"] * 3
    torch.manual_seed(0)
    loader = DataLoader(TensorDataset(torch.arange(10)), batch_size=5, shuffle=True)
    assert [x.tolist() for (x,) in loader] == [[6, 7, 1, 4, 2], [0, 9, 8, 3, 5]]  # PyTorch's
    endless = RandomSampler(range(3), replacement=True, num_samples=10**10)
    assert next(iter(endless)) in (0, 1, 2)


def test_random_numbers_do_not_depend_on_what_was_asked_before():
    torch.manual_seed(3)
    whole = torch.rand(7)
    torch.manual_seed(3)
    assert torch.cat([torch.rand(3), torch.rand(4)]).tolist() == whole.tolist()
    state = torch.get_rng_state()
    first = torch.randn(5), torch.randint(0, 9, (4,)), torch.randperm(6)
    torch.set_rng_state(state)
    again = torch.randn(5), torch.randint(0, 9, (4,)), torch.randperm(6)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))


# -- programs and transforms ----------------------------------------------------------------------


def trained(compiled):
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 2)
    )
    optimizer = optim.Adam(model.parameters(), lr=0.1)
    x, y = torch.randn(5, 4), torch.tensor([0, 1, 0, 1, 0])

    def step(x, y):
        loss = functional.cross_entropy(model(x + 0.1 * torch.randn(5, 4)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss

    run = torch.compile(step) if compiled else step
    return [run(x, y).item() for _ in range(4)] + model[1].running_mean.tolist()


def test_compiled_training_steps_give_the_same_losses():
    np.testing.assert_allclose(trained(True), trained(False), rtol=1e-6)


def test_compiled_functions_follow_branches_numbers_and_state():
    hidden = torch.zeros(2)

    def f(x):
        y = x * x.sum().item() if x.sum() > 0 else x * 3
        return y + hidden

    compiled = torch.compile(f)
    for x in (torch.ones(2), -torch.ones(2), 2 * torch.ones(2)):
        assert torch.equal(compiled(x), f(x))
    hidden.add_(5)
    assert torch.equal(compiled(torch.ones(2)), f(torch.ones(2)))
    x = torch.ones(2, requires_grad=True)
    compiled(x).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_gradients_of_each_example_agree_with_a_loop():
    torch.manual_seed(0)
    model = nn.Linear(3, 1)
    parameters = {name: p.detach() for name, p in model.named_parameters()}
    x, y = torch.randn(4, 3), torch.randn(4, 1)

    def loss(parameters, x, y):
        return functional.mse_loss(torch.func.functional_call(model, parameters, (x,)), y)

    found = torch.func.vmap(torch.func.grad(loss), in_dims=(None, 0, 0))(parameters, x, y)
    for i in range(4):
        model.zero_grad()
        functional.mse_loss(model(x[i]), y[i]).backward()
        assert torch.allclose(found["weight"][i], model.weight.grad)


class PowerAndProduct(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, k):
        ctx.save_for_backward(x)
        ctx.k = k
        return x**2 * k, x * k

    @staticmethod
    def backward(ctx, first, second):
        (x,) = ctx.saved_tensors
        return first * 2 * x * ctx.k + second * ctx.k, None


def test_functions_with_several_results_are_differentiated_twice():
    x = torch.tensor([1.0, 2.0], dtype=torch.double, requires_grad=True)

    def f(x):
        a, b = PowerAndProduct.apply(x, 3.0)
        return (a * b).sum() + (b * b).sum()

    assert torch.autograd.gradcheck(f, (x,))
    (slope,) = torch.autograd.grad(f(x), x, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), x)
    np.testing.assert_allclose(slope.detach(), 27 * np.array([1, 4]) + 18 * np.array([1, 2]))
    np.testing.assert_allclose(curvature, 54 * np.array([1, 2]) + 18)
    with pytest.raises(TraceError, match=r"autograd\.define"):
        torch.compile(lambda x: PowerAndProduct.apply(x, 1.0)[0])(torch.ones(2))


def test_numpy_and_autograd_take_tensors():
    x = torch.tensor([1.0, 4.0], requires_grad=True)
    y = np.sqrt(x) * np.array([1.0, 2.0], np.float32)
    assert isinstance(y, torch.Tensor)
    y.sum().backward()
    assert x.grad.tolist() == [0.5, 0.5]
    assert isinstance(x.held, autograd.Tensor)
    assert np.asarray(x.detach()).dtype == np.float32
    assert [1, 2, 3][torch.tensor(1)] == 2
    assert f"{torch.tensor(1.5):.2f}" == "1.50"
    assert repr(torch.ones(2, 3).shape[:1] + (4,)) == "torch.Size([2, 4])"  # noqa: RUF005
    assert max(torch.tensor(1.0), torch.tensor(2.0)).item() == 2


# -- errors -------------------------------------------------------------------------------------

ERRORS = [
    (lambda: torch.ones(1).storage, AttributeError, r"x\.numpy\(\)"),
    (lambda: torch.ones(1).foor(), AttributeError, "floor"),
    (lambda: torch.sparse, AttributeError, "dense tensors"),
    (lambda: nn.Conv4d, AttributeError, "Conv3d"),
    (lambda: optim.Adma, AttributeError, "Adam"),
    (lambda: torch.exp(2.0), DataError, r"torch\.tensor\(x\)"),
    (lambda: torch.ones(1).cuda(), OptionError, "cuda.is_available"),
    (lambda: torch.zeros(1, device="cuda"), OptionError, "cuda.is_available"),
    (lambda: torch.ones(1).to(torch.bfloat16), DataError, r"torch\.float32"),
    (lambda: torch.arange(3).add_(0.5), DataError, r"x\.float\(\)"),
    (lambda: torch.ones(2).bool().mul_(2), DataError, "in place"),
    (lambda: torch.arange(3).mean(), DataError, r"x\.float\(\)"),
    (lambda: torch.arange(3).requires_grad_(), DataError, r"x\.float\(\)"),
    (lambda: torch.ones(3)[torch.tensor([0.0])], DataError, r"index\.long\(\)"),
    (lambda: torch.ones(2, requires_grad=True).numpy(), GradientLostError, r"x\.detach\(\)"),
    (lambda: torch.ones(2).sum().backward(), GraphError, "constant"),
    (lambda: torch.tensor("a"), DataError, "numbers"),
    (lambda: torch.multinomial(torch.tensor([0.0, 1.0]), 2), DataError, "replacement"),
    (
        lambda: torch.utils.checkpoint.checkpoint_sequential([torch.tanh], 2, torch.ones(1)),
        OptionError,
        "segments=2",
    ),
    (
        lambda: nn.EmbeddingBag(3, 2, mode="max", scale_grad_by_freq=True)(torch.ones(1, 1).long()),
        OptionError,
        "sum",
    ),
    (lambda: nn.FractionalMaxPool2d(2), OptionError, "output_ratio"),
    (lambda: nn.FractionalMaxPool2d(3, 2)(torch.ones(1, 3, 3)), OptionError, "do not fit"),
    (lambda: nn.RNNBase("LSTM", 2, 3), OptionError, r"nn\.LSTM"),
    (lambda: nn.FeatureAlphaDropout()(torch.ones(3)), ShapeError, "channels"),
    (lambda: nn.Module()(1), NotImplementedError, "define forward"),
    (lambda: torch.ones(2).register_post_accumulate_grad_hook(id), RuntimeError, "Only a leaf"),
    (lambda: nn.Linear(1, 2, 3, 4, 5, 6), OptionError, "in_features"),
    (lambda: functional.mse_loss(torch.ones(2, 1), torch.ones(2)), ValueError, "shape"),
    (lambda: torch.save([lambda: 1], "unused"), WeightsError, r"cannot pickle.*state_dict\(\)"),
    (lambda: torch.zeros(2, out=torch.ones(2)), OptionError, r"y\.copy_"),
    (lambda: torch.arange(3) // 0, ZeroDivisionError, r"x\.float\(\)"),
    (lambda: 5 % torch.arange(3), ZeroDivisionError, r"x\.float\(\)"),
    (lambda: torch.arange(3).narrow(0, 2, 2), ValueError, "not within 3"),
    (lambda: torch.outer(torch.ones(2, 2), torch.ones(2)), ValueError, "two vectors"),
    (lambda: torch.tril(torch.ones(3)), ValueError, "matrices"),
    (lambda: functional.embedding(torch.tensor([-1]), torch.ones(2, 2)), DataError, "from 0 to 1"),
    (lambda: functional.layer_norm(torch.ones(2, 5), (4,)), ValueError, "last axes"),
    (lambda: functional.group_norm(torch.ones(2, 3, 4), 2), ValueError, "do not divide"),
    (lambda: functional.batch_norm(torch.ones(2, 3), None, None), OptionError, "training=True"),
    (lambda: functional.pad(torch.ones(1, 1, 3), (3, 0), "reflect"), ValueError, "reflects"),
    (lambda: functional.huber_loss(torch.ones(2), torch.ones(2), delta=0.0), ValueError, "delta"),
    (
        lambda: functional.scaled_dot_product_attention(
            *[torch.ones(1, 2, 2)] * 3, torch.ones(2, 2).bool(), is_causal=True
        ),
        OptionError,
        "exclude each other",
    ),
    (lambda: nn.Parameter(torch.arange(2)), DataError, "register_buffer"),
    (lambda: torch.ones(2).masked_fill(torch.ones(2), 0), DataError, r"mask\.bool"),
    (lambda: torch.where(torch.ones(2), 1.0, 0.0), DataError, "x > 0"),
    (lambda: torch.arange(5, 0), OptionError, "from 5 to 0"),
    (lambda: torch.bernoulli(torch.tensor([2.0])), DataError, "from 0 to 1"),
    (lambda: torch.distributions.Normal(0.0, -1.0), OptionError, "scale of Normal.*-1"),
    (lambda: torch.distributions.Categorical(logits=torch.tensor([math.nan])), OptionError, "Cat"),
    (
        lambda: torch.distributions.Exponential(1.0).log_prob(torch.tensor(-1.0)),
        OptionError,
        "at least 0.0, not -1.0",
    ),
    (lambda: torch.cuda.get_device_name(0), AttributeError, "is_available"),
    (lambda: torch.distributed.all_reduce, AttributeError, "one process"),
    (lambda: torch.exp_, AttributeError, r"x\.exp_\(\.\.\.\)"),
    (lambda: torch.gradient, AttributeError, r"np\.gradient"),
    (lambda: torch.ones(2, 2).matrix_exp, AttributeError, r"torch\.linalg\.matrix_exp\(x\)"),
    (lambda: torch.quantize_per_tensor, AttributeError, "no quantised"),
    (lambda: nn.Linear(1, 1).register_backward_hook, AttributeError, "register_full_backward_hook"),
    (lambda: nn.LazyLinear(2).parameters(), OptionError, "call the model with"),
    (lambda: torch.distributions.Poisson(1.0).rsample(), OptionError, "log_prob"),
    (lambda: nn.Sequential(nn.Tanh()) * 0, OptionError, "would be empty"),
    (lambda: exec("from nn.torch_style.nn import CrossMapLRN2d"), ImportError, "LocalResponseNorm"),
    (lambda: exec("import nn.torch_style.hub"), ImportError, "load_state_dict"),
    (lambda: torch.distributions.Poisson(1.0).icdf, AttributeError, "scipy.stats"),
    (
        lambda: exec("from nn.torch_style.nn.init import xavier_normal"),
        ImportError,
        "xavier_normal_",
    ),
]


@pytest.mark.parametrize(("call", "error", "advice"), ERRORS)
def test_what_is_not_there_says_what_to_write(call, error, advice):
    with pytest.raises(error, match=advice):
        call()


def test_out_refuses_what_it_would_lose():
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(GraphError, match="keeps no derivatives"):
        torch.exp(x, out=torch.empty(2))
    with pytest.raises(ShapeError, match=r"\(2,\), out= \(3,\)"):
        torch.exp(x.detach(), out=torch.empty(3))
    y = torch.empty(2)
    with torch.no_grad():
        assert torch.exp(x, out=y) is y
    assert repr(torch.fft.rfft(torch.ones(2))) == "tensor([2.+0.j, 0.+0.j])"


TEXTS = """
Linear(in_features=4, out_features=3, bias=False)
Conv2d(4, 8, kernel_size=(3, 5), stride=(2, 2), padding=(1, 1), groups=2, bias=False)
ConvTranspose2d(4, 2, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), output_padding=(1, 1))
BatchNorm1d(4, eps=1e-05, momentum=0.2, affine=False, bias=False, track_running_stats=True)
LayerNorm((8,), eps=1e-05, elementwise_affine=True, bias=True)
Embedding(10, 3, padding_idx=0, max_norm=1.0, sparse=True)
MaxPool2d(kernel_size=3, stride=3, padding=1, dilation=1, ceil_mode=False)
LSTM(4, 8, num_layers=2, batch_first=True, dropout=0.1, bidirectional=True)
Flatten(start_dim=1, end_dim=-1)
ZeroPad2d((1, 1, 1, 1))
ReLU(inplace=True)
CrossEntropyLoss()
ModuleList(
  (0-1): 2 x Dropout(p=0.5, inplace=False)
  (2): LeakyReLU(negative_slope=0.2)
)
Conv1d(2, 3, kernel_size=(3,), stride=(1,), padding=same, padding_mode=reflect)
SyncBatchNorm(4, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)
Adapted(
  in_features=2, out_features=3, bias=True
  (drop): Dropout(p=0.1, inplace=False)
)
Sequential(
  (1): Tanh()
  (2): GELU(approximate='tanh')
)
Sequential(
  (0): Tanh()
  (1): Sigmoid()
)
ParameterList(
    (0): Parameter containing: [torch.float32 of size 2]
    (1): Parameter containing: [torch.float32 of size 3x1]
)
tensor([1.0000e+10, 1.0000e+00])
tensor([])
tensor([], size=(2, 0), dtype=torch.int64)
"""


class Adapted(nn.Linear):
    """A layer with a layer in it."""

    def __init__(self, *sizes):
        super().__init__(*sizes)
        self.drop = nn.Dropout(0.1)


def test_modules_are_printed_as_in_pytorch():
    made = [
        nn.Linear(4, 3, bias=False),
        nn.Conv2d(4, 8, (3, 5), stride=2, padding=1, groups=2, bias=False),
        nn.ConvTranspose2d(4, 2, 4, 2, 1, output_padding=1),
        nn.BatchNorm1d(4, momentum=0.2, affine=False),
        nn.LayerNorm(8),
        nn.Embedding(10, 3, padding_idx=0, max_norm=1.0, sparse=True),
        nn.MaxPool2d(3, padding=1),
        nn.LSTM(4, 8, 2, batch_first=True, dropout=0.1, bidirectional=True),
        nn.Flatten(),
        nn.ZeroPad2d(1),
        nn.ReLU(True),
        nn.CrossEntropyLoss(label_smoothing=0.1),
        nn.ModuleList([nn.Dropout(), nn.Dropout(), nn.LeakyReLU(0.2)]),
        nn.Conv1d(2, 3, 3, padding="same", padding_mode="reflect"),
        nn.SyncBatchNorm(4),
        Adapted(2, 3),
        nn.Sequential(nn.ReLU(), nn.Tanh(), nn.GELU("tanh"))[1:],
        nn.Sequential(nn.Tanh()) + nn.Sequential(nn.Sigmoid()),
        nn.ParameterList([torch.ones(2), torch.ones(3, 1)]),
        torch.tensor([1e10, 1.0]),
        torch.tensor([]),
        torch.zeros(2, 0, dtype=torch.long),
    ]
    assert "\n".join(map(repr, made)) == TEXTS.strip()


def test_modules_of_pytorch_without_files_are_found():
    space = {}
    exec(
        "import nn.torch_style.nn.modules.padding\n"
        "from nn.torch_style.optim.adamw import AdamW\n"
        "from nn.torch_style.autograd.function import once_differentiable\n"
        "from nn.torch_style.autograd.functional import jacobian\n"
        "from nn.torch_style.distributions.transforms import AffineTransform, Transform\n"
        "from nn.torch_style.amp.grad_scaler import GradScaler\n",
        space,
    )
    assert space["AdamW"] is optim.AdamW
    assert space["jacobian"](torch.square, torch.ones(2)).tolist() == [[2, 0], [0, 2]]
    assert space["AffineTransform"](1.0, 2.0).inv(torch.tensor(3.0)).item() == 1.0


def test_checkpointed_functions_return_several_results():
    x = torch.tensor([0.5, 2.0], requires_grad=True)
    y, count, z = torch.utils.checkpoint.checkpoint(lambda v: (v.exp(), 3, v[:1] ** 2), x)
    (y.sum() + z.sum()).backward()
    np.testing.assert_allclose(x.grad, np.add(np.exp([0.5, 2.0]), [1, 0]), rtol=1e-6)
    assert count == 3
    assert z.shape == (1,)


def test_closed_schedules_overwrite_what_others_have_done():
    schedules = torch.optim.lr_scheduler
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    parts = [
        schedules.ExponentialLR(optimizer, 0.9),
        schedules.LambdaLR(optimizer, lambda t: 0.5**t),
    ]
    chain = schedules.ChainedScheduler(parts)
    rates = []
    for _ in range(2):
        chain.step()
        rates.append(optimizer.param_groups[0]["lr"])
    assert rates == [0.5, 0.25]  # in PyTorch as well
    again = schedules.ChainedScheduler(parts)
    again.load_state_dict(chain.state_dict())
    assert chain.get_last_lr() == [0.25]
    other = schedules.StepLR(torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0), 1)
    with pytest.raises(OptionError, match="same optimiser"):
        schedules.ChainedScheduler([*parts, other])


def test_plateaus_and_loaded_states_say_what_they_found():
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=1.0)
    plateau = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience=1, cooldown=3)
    found = []
    for measured in (1.0, 2.0, 2.0, 2.0):
        plateau.step(measured)
        found.append((plateau.num_bad_epochs, plateau.cooldown_counter))
    assert found == [(0, 0), (1, 0), (0, 3), (0, 2)]
    layer = nn.Linear(1, 1)
    state = {"weight": torch.ones(1, 1), "scale": torch.ones(1)}
    assert repr(layer.load_state_dict(state, strict=False)) == (
        "_IncompatibleKeys(missing_keys=['bias'], unexpected_keys=['scale'])"
    )
    with pytest.raises(RuntimeError, match="scale"):
        layer.load_state_dict(state)


def test_loaders_take_examples_alone_and_refuse_two_orders():
    data = [(np.ones(2, np.float32), b"a"), (np.zeros(2, np.float32), b"b")]
    (x, name), _ = DataLoader(data, batch_size=None)
    assert isinstance(x, torch.Tensor)
    assert name == b"a"
    assert list(DataLoader(data, batch_size=None, collate_fn=lambda pair: pair[1])) == [b"a", b"b"]
    for options in ({"batch_size": 2}, {"drop_last": True}, {"sampler": [0, 1]}):
        with pytest.raises(OptionError, match="which batches there are"):
            DataLoader(data, batch_sampler=[[0, 1]], **options)
    with pytest.raises(OptionError, match="stream"):
        DataLoader(iter(data), shuffle=True)


#: What PyTorch 2.14 sets in six steps, rates and momenta, and the factors that it reports after.
IN_SEQUENCE = {
    "LinearLR CyclicLR": (
        lambda of, o: [of.LinearLR(o, 0.1, total_iters=3), of.CyclicLR(o, 0.01, 0.1, 2)], 3,
        [0.02, 0.035, 0.01, 0.055, 0.1, 0.055], [0.9, 0.9, 0.9, 0.85, 0.8, 0.85],
    ),
    "CosineAnnealingLR OneCycleLR": (
        lambda of, o: [of.CosineAnnealingLR(o, 3), of.OneCycleLR(o, 0.1, 20)], 3,
        [0.003, 0.001, 0.004, 0.013167, 0.037167, 0.066833],
        [0.95, 0.95, 0.95, 0.9405, 0.9155, 0.8845],
    ),
    "LambdaLR MultiplicativeLR": (
        lambda of, o: [of.LambdaLR(o, lambda e: 0.9**e), of.MultiplicativeLR(o, lambda e: 0.8)], 4,
        [0.045, 0.0405, 0.03645, 0.02916, 0.023328, 0.018662], [0.9] * 6,
    ),
    "CyclicLR StepLR": (
        lambda of, o: [of.CyclicLR(o, 0.01, 0.1, 2), of.StepLR(o, 1)], 3,
        [0.055, 0.1, 0.01, 0.001, 0.0001, 0.00001], [0.85] + [0.8] * 5,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("build", "milestone", "rates", "momenta"), IN_SEQUENCE.values(), ids=IN_SEQUENCE
)
def test_schedules_in_sequence_are_those_of_pytorch(build, milestone, rates, momenta):
    of = torch.optim.lr_scheduler
    optimizer = torch.optim.SGD([torch.ones(1, requires_grad=True)], lr=0.05, momentum=0.9)
    schedule = of.SequentialLR(optimizer, build(of, optimizer), [milestone])
    (group,), found = optimizer.param_groups, []
    for _ in rates:
        schedule.step()
        found.append((group["lr"], group["momentum"]))
    np.testing.assert_allclose(found, np.transpose([rates, momenta]), atol=5e-5, rtol=1e-3)
    group["lr"] = 9.0  # of another schedule, or by hand
    assert schedule.get_last_lr() == [found[-1][0]]


def test_what_an_own_optimiser_keeps_is_restored_as_tensors():
    class Momentum(torch.optim.Optimizer):
        def __init__(self, params):
            super().__init__(params, {"lr": 0.1})

        @torch.no_grad()
        def step(self):
            for p in self.param_groups[0]["params"]:
                v = self.state[p].setdefault("v", torch.zeros_like(p))
                v.mul_(0.9).add_(p.grad)
                self.state[p]["step"] = self.state[p].get("step", 0) + 1
                p.sub_(v, alpha=0.1)

    found = []
    for is_restored in (False, True):
        w = torch.tensor([1.0, 2.0], requires_grad=True)
        optimizer = Momentum([w])
        for _ in range(3):
            optimizer.zero_grad()
            (w * w).sum().backward()
            optimizer.step()
            saved = optimizer.state_dict()
            if is_restored:
                optimizer = Momentum([w])
                optimizer.load_state_dict(saved)
        found.append((w.tolist(), optimizer.state[w]["v"].tolist(), optimizer.state[w]["step"]))
    assert found[0] == found[1]


def test_leading_axes_of_length_1_of_items_do_not_count():
    for value in (torch.tensor([5.0]), torch.tensor([[5.0]])):
        for is_variable in (False, True):
            x, factor = torch.zeros(2, 3), torch.ones((), requires_grad=is_variable)
            x[0, 1] = value * factor
            x[torch.tensor(1), torch.tensor(2)] = value * factor
            x[x == 1] = value * factor
            x[1, :2] = torch.tensor([[[1.0, 2.0]]]) * factor
            assert x.tolist() == [[0, 5, 0], [1, 2, 5]]
            if is_variable:
                x.sum().backward()
                assert factor.grad == 13


def test_containers_name_their_modules_as_in_pytorch():
    def named(a="tanh", b="relu"):
        return nn.Sequential(OrderedDict([(a, nn.Tanh()), (b, nn.ReLU())]))

    def deleted(model):
        del model[0]
        return model

    cases = [
        (named().append(nn.Tanh()), ["tanh", "relu", "2"]),
        (named().extend([nn.Tanh(), nn.Tanh()]), ["tanh", "relu", "2", "3"]),
        (operator.iadd(named(), [nn.Tanh()]), ["tanh", "relu", "2"]),
        (named() + named(), ["0", "1", "2", "3"]),
        (deleted(named()), ["0"]),
        (deleted(nn.Sequential(nn.Tanh(), nn.ReLU())), ["0"]),
        (nn.Sequential(nn.Tanh(), nn.ReLU(), nn.Tanh())[1:], ["1", "2"]),
        (operator.add(nn.ModuleList([nn.Tanh()]), [nn.ReLU()]), ["0", "1"]),
    ]
    for model, names in cases:
        assert [name for name, _ in model.named_children()] == names
        assert len(model) == len(names)
    layer = nn.Linear(2, 2)
    assert len(nn.Sequential(layer) * 3) == 3
    assert len(list((nn.Sequential(layer) * 3).parameters())) == 2  # the same layer again
    model = named()
    model[1] = nn.Tanh()
    assert str(model(torch.ones(1))) == str(torch.ones(1).tanh().tanh())
    several = nn.ModuleDict({"a": layer})
    several.clear()
    parameters = nn.ParameterDict({"a": torch.ones(2, 3)})
    assert "(a): Parameter containing: [torch.FloatTensor of size 2x3]" in repr(parameters)
    assert parameters.setdefault("b", torch.zeros(1)) is parameters.copy()["b"]
    assert parameters.popitem()[0] == "b"
    parameters.clear()
    assert len(parameters) == len(several) == 0
    assert isinstance(nn.ParameterList([torch.ones(1)] * 3)[1:], nn.ParameterList)
    for find in ("get_submodule", "get_parameter", "get_buffer"):
        with pytest.raises(AttributeError, match="'none'"):
            getattr(model, find)("none")
    for name in ("", "a.b"):
        with pytest.raises(KeyError):
            model.add_module(name, nn.Tanh())


def test_loaders_ask_datasets_and_keep_mappings_as_in_pytorch():
    data = torch.utils.data

    class Doubled(data.TensorDataset):
        def __getitem__(self, index):
            return (2 * self.tensors[0][index],)

    class Fetched(list):
        def __getitems__(self, places):
            return [10 * self[place] for place in places]

    x = torch.arange(3.0)
    assert [y.tolist() for (y,) in data.DataLoader(Doubled(x), 2)] == [[0, 2], [4]]
    assert [y.tolist() for y in data.DataLoader(Fetched([1, 2, 3]), 2)] == [[10, 20], [30]]
    for kind in (OrderedDict, functools.partial(defaultdict, list), MappingProxyType):
        (batch,) = data.DataLoader([kind({"x": 1}), kind({"x": 2})], 2)
        assert type(batch) is type(kind({}))
        assert batch["x"].tolist() == [1, 2]
        assert type(data.default_convert(kind({"x": 1}))) is type(kind({}))
    assert data.DataLoader(x, batch_sampler=[[0, 1]]).batch_size is None
    assert sum(len(part) for part in data.random_split([1], [0.3, 0.7])) == 1


@pytest.mark.parametrize("is_face", [True, False])
def test_a_computed_parameter_can_be_assigned(is_face):
    class Doubled(nn.Module):
        def forward(self, w):
            return 2 * w

        def right_inverse(self, w):
            return w / 2

    class Own(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = nn.Parameter(torch.ones(2, 2))

    layer = nn.Linear(2, 2) if is_face else Own()
    register = nn.utils.parametrize.register_parametrization
    register(layer, "weight", Doubled())
    register(layer, "weight", Doubled())
    layer.weight = torch.full((2, 2), 8.0)
    assert layer.parametrizations.weight.original.tolist() == [[2, 2], [2, 2]]
    assert layer.weight.tolist() == [[8, 8], [8, 8]]
    register(layer, "weight", nn.Tanh())
    with pytest.raises(OptionError, match="Tanh has no right_inverse"):
        layer.weight = torch.ones(2, 2)


@pytest.mark.parametrize("kind", [nn.ModuleDict, plain_nn.ModuleDict])
def test_all_modules_of_a_dict_are_its_items(kind):
    class Block(kind):
        def __init__(self):
            super().__init__({"a": nn.Linear(1, 1)})
            self.add_module("b", nn.ReLU())
            self.register_module("c", None)
            self["d"] = nn.Linear(1, 2)

    block = Block()
    assert list(block.keys()) == ["a", "b", "c", "d"]
    assert [name for name, module in block.items() if module is None] == ["c"]
    del block["b"]
    block.add_module("a", nn.Tanh())
    assert list(block) == ["a", "c", "d"]
    assert isinstance(block["a"], nn.Tanh)
    if kind is nn.ModuleDict:  # as in PyTorch, attributes are items
        block.e = nn.ReLU()
        del block.a
        assert list(block) == ["c", "d", "e"]


def test_lists_hold_what_is_no_module_or_parameter():
    layers = nn.ModuleList([nn.Linear(2, 2), None])
    layers.append(None).extend([nn.ReLU()])
    assert [layer is None for layer in layers] == [False, True, True, False]
    assert list(layers.state_dict()) == ["0.weight", "0.bias"]
    assert copy.deepcopy(layers)[1] is None
    nested = nn.ParameterList(
        [torch.ones(2), nn.ParameterList([torch.ones(1)]), nn.Linear(1, 1), 3]
    )
    named = nn.ParameterDict({"a": torch.ones(2), "b": nn.Linear(1, 1), "c": None})
    assert [name for name, _ in nested.named_parameters()] == ["0", "1.0", "2.weight", "2.bias"]
    assert [name for name, _ in named.named_parameters()] == ["a", "b.weight", "b.bias"]
    assert (nested[3], named["c"]) == (3, None)
    assert "(3): Object of type: int" in repr(nested)
    assert "(c): Object of type: NoneType" in repr(named)


def test_trees_are_taken_apart_and_put_together():
    Pair = namedtuple("Pair", "x y")
    tree = [
        {"b": 1, "a": (2, None)}, Pair(3, [4]), deque([5], 3), OrderedDict(z=6),
        defaultdict(list, q=7), torch.Size([8]),
    ]  # fmt: skip
    leaves, spec = pytree.tree_flatten(tree)
    assert leaves == [1, 2, None, 3, 4, 5, 6, 7, torch.Size([8])]
    again = pytree.tree_unflatten(leaves, spec)
    assert again == tree
    assert [type(x) for x in again] == [type(x) for x in tree]
    assert (again[2].maxlen, again[4].default_factory) == (3, list)
    assert pytree.tree_map(operator.add, {"a": [1]}, {"a": [2]}) == {"a": [3]}
    assert pytree.tree_map_only(int, lambda x: x + 1, [1, "a"]) == [2, "a"]
    for wrong in ({"a": (2,)}, {"b": [2]}, {"a": [2, 3]}):
        with pytest.raises(ShapeError, match="structures"):
            pytree.tree_map(operator.add, {"a": [1]}, wrong)
    with pytest.raises(ShapeError, match="9 leaves"):
        pytree.tree_unflatten([1], spec)


def test_the_version_is_one_of_pytorch():
    assert torch.__version__.startswith("2.")
    assert torch.__version__.endswith(f"+chainrule.{autograd.__version__}")


def test_devices_are_names_until_a_tensor_is_to_be_there():
    cuda = torch.device("cuda:1")
    assert (cuda.type, cuda.index, str(cuda)) == ("cuda", 1, "cuda:1")
    assert cuda == torch.device("cuda", 1) == torch.device(1) != torch.device("cuda")
    assert torch.ones(1).device == torch.device("cpu")
    assert pickle.loads(pickle.dumps(cuda)) == cuda
    file, layer = io.BytesIO(), nn.Linear(1, 1)
    layer.place = cuda
    torch.save(layer, file)
    file.seek(0)
    assert torch.load(file).place == cuda
    with pytest.raises(OptionError, match="no device"):
        torch.device("gpu")
    uses = [
        lambda: torch.ones(1).to(cuda), lambda: torch.zeros(2, device=cuda), cuda.__enter__,
        lambda: nn.Linear(1, 1).to(cuda), lambda: nn.Linear(1, 1, device=cuda),
        lambda: torch.load("x", map_location=cuda), lambda: torch.ones(1).to(device=cuda),
        lambda: torch.set_default_device(cuda), lambda: torch.Generator(cuda),
    ]  # fmt: skip
    for use in uses:
        with pytest.raises(OptionError, match=r"cuda\.is_available"):
            use()


@pytest.mark.parametrize("name", ["Dataset", "IterableDataset", "Sampler", "DataLoader", "Subset"])
def test_what_data_yield_may_be_named(name):
    kind = getattr(torch.utils.data, name)
    assert issubclass(type("Own", (kind,), {}), kind)

    class Typed(kind[tuple[int, int]]):
        pass

    assert issubclass(Typed, kind)


@pytest.mark.parametrize("has_bias", [True, False])
@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("name", ["Linear", "Conv2d", "ConvTranspose2d"])
def test_a_layer_is_fused_with_its_batch_norm(name, affine, has_bias):
    torch.manual_seed(0)
    is_linear = name == "Linear"
    sizes, shape = ((3, 5), (4, 3)) if is_linear else ((3, 5, 2), (4, 3, 4, 4))
    layer = getattr(nn, name)(*sizes, bias=has_bias)
    norm = (nn.BatchNorm1d if is_linear else nn.BatchNorm2d)(5, affine=affine)
    for _ in range(3):
        norm(layer(torch.randn(shape) + 1))
    if affine:
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    fuse = fusion.fuse_linear_bn_eval if is_linear else fusion.fuse_conv_bn_eval
    arguments = () if is_linear else (name == "ConvTranspose2d",)
    with pytest.raises(OptionError, match="evaluation"):
        fuse(layer, norm, *arguments)
    x = torch.randn(shape)
    fused = fuse(layer.eval(), norm.eval(), *arguments)
    torch.testing.assert_close(fused(x), norm(layer(x)), rtol=1e-4, atol=1e-5)
    assert fused.bias.requires_grad


def test_comparisons_say_how_results_differ():
    close, x = torch.testing.assert_close, torch.tensor([1.0, 2.0])
    close({"a": [x, 1]}, {"a": (x + 1e-7, 1)})
    close(x, x + 0.1, rtol=0.2, atol=0.0)
    close(x * math.nan, x * math.nan, equal_nan=True)
    close(torch.arange(3), torch.arange(3))
    for wrong, text in (
        (x + torch.tensor([0.0, 0.1]), r"1 of 2 elements differ, most at \(1,\)"),
        (x.double(), "types"), (x[:1], "shapes"), (x * math.nan, "2 of 2"),
    ):  # fmt: skip
        with pytest.raises(AssertionError, match=text):
            close(x, wrong)
    with pytest.raises(AssertionError, match=r"\['a'\]\[0\]: 1 of 2"):
        close({"a": [x]}, {"a": [torch.tensor([1.0, 3.0])]})
    for a, b in (({"a": 1}, {"b": 1}), ([1], [1, 2]), (1, 2)):
        with pytest.raises(AssertionError, match=r"keys|lengths|differ"):
            close(a, b)
    with pytest.raises(AssertionError, match="mine"):
        close(1, 2, msg="mine")
    with pytest.raises(OptionError, match="both"):
        close(x, x, rtol=0.1)
