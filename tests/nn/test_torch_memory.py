"""Which results of `nn.torch_style` show the memory of a tensor, and which are copies."""

import inspect

import numpy as np
import pytest

import nn.torch_style as torch
from autograd.errors import DataError

F = torch.nn.functional

#: What PyTorch returns in the memory of x, and what it copies.
SHARED = """
x.t(); x.T; x.mT; x.transpose(0,1); x.swapaxes(0,1); x.swapdims(0,1); x.permute(1,0);
x.movedim(0,1); x.moveaxis(0,1); x.reshape(-1); x.reshape(9); x.view(-1); x.view(9,1);
x.view_as(x); x.reshape_as(x); x.flatten(); x.ravel(); x.squeeze(); x.unsqueeze(0); x.squeeze(0);
x[0]; x[:,1]; x[1:]; x[...,::2]; x[None]; x[:]; x[...]; x[0,0]; x.select(0,1); x.narrow(0,0,1);
x.expand(3,3); x.expand_as(x); x[None].expand(2,3,3); x.broadcast_to((2,3,3)); x.diagonal();
x.split(1)[0]; x.chunk(2)[0]; x.unbind()[0]; x.tensor_split(2)[0]; x.hsplit(3)[0];
x.vsplit(3)[0]; x.contiguous(); x.unfold(0,2,1); x.unfold(1,2,2); x.detach(); x.data; x.float(); x.to(torch.float32); x.to('cpu');
x.type(torch.float32); x.cpu(); +x; x.positive(); x.real; x.conj(); torch.atleast_2d(x);
torch.atleast_1d(x); torch.atleast_3d(x); torch.squeeze(x); torch.broadcast_tensors(x,x)[0];
torch.as_tensor(x); torch.asarray(x); x.unflatten(1,(3,1)); x.movedim(-1,0); F.dropout(x,0.0);
F.dropout(x,0.5,training=False); torch.nn.Identity()(x); torch.nn.Flatten()(x);
torch.nn.Dropout(0.5).eval()(x); x.to(x); x.requires_grad_(); x.type_as(x);
torch.einsum('ij->ij',x); torch.einsum('ij->ji',x); torch.einsum('ii->i',x); x[0:3]; x.view(3,3);
torch.diagonal(x); torch.linalg.diagonal(x); torch.ravel(x); x.adjoint(); x.H;
x.unsqueeze(-1).squeeze(-1); torch.permute(x,(1,0)); x.float().t(); x.numpy();
torch.from_numpy(x.numpy()); x.tolist() and x
"""
COPIED = """
x.T.reshape(-1); x.T.flatten(); x[[0,1]]; x[x>0]; x[torch.tensor([0,1])];
x.index_select(0,torch.tensor([0])); x.gather(0,torch.zeros(1,3,dtype=torch.long));
x.take(torch.tensor([0])); x.repeat(1,1); x.tile(1,1); x.flip(0); x.fliplr(); x.flipud();
x.rot90(); x.roll(0); x.roll(1); x.diag(); x.tril(); x.triu(); x.T.contiguous(); x.clone();
x.double(); x.clamp(-9,9); x.relu(); x.abs(); -x; x*1; x+0; torch.tensor(x); torch.cat([x]);
torch.stack([x]); torch.hstack([x]); torch.vstack([x]); torch.where(x>9,x,x); x.where(x>-99,x);
x.masked_select(x>-99); x.nan_to_num(); x.sum(()); x.mean(()); x.sort(-1).values; F.pad(x,(0,0));
F.relu(x); F.normalize(x); x.round(); x.floor(); x.new_tensor(x); x.cumsum(0);
torch.diag_embed(x).diagonal(dim1=-2,dim2=-1); x.max(); torch.clone(x); x.matrix_power(1);
x.pow(1); x.lerp(x,0.0); torch.flip(x,[0]); x.index_fill(0,torch.tensor([0]),0.);
x.masked_fill(x>99,0.); x.clip(-9,9); F.hardtanh(x,-9,9); F.leaky_relu(x,1.0);
F.interpolate(x[None,None],scale_factor=1); F.avg_pool2d(x[None],1); F.unfold(x[None,None],1);
x.sub(0)
"""


@pytest.mark.parametrize("requires_grad", [False, True])
def test_results_share_memory_where_those_of_pytorch_do(requires_grad):
    wrong = []
    for calls, is_shared in ((SHARED, True), (COPIED, False)):
        for call in calls.replace("\n", " ").strip().split("; "):
            x = torch.arange(1.0, 10.0).reshape(3, 3).requires_grad_(requires_grad)
            y = eval(
                call.replace("x.numpy()", "x.detach().numpy()"), {"torch": torch, "F": F, "x": x}
            )
            y = y.detach().numpy() if isinstance(y, torch.Tensor) else y
            if np.shares_memory(y, x.detach().numpy()) is not is_shared:
                wrong.append(call)
    assert not wrong


def test_an_element_may_be_changed_by_a_view_of_it():
    x = torch.zeros(2, 2)
    x[0, 1].add_(3)
    x[1][0].fill_(2)
    x.expand(2, 2).add_(1)
    assert x.tolist() == [[1.0, 4.0], [3.0, 1.0]]


def test_leaves_stay_leaves_when_their_shape_changes():
    for change in ("t_()", "squeeze_()", "unsqueeze_(0)", "transpose_(0, 1)", "swapaxes_(1, 0)"):
        p = torch.ones(1, 3, requires_grad=True)
        with pytest.raises(DataError, match="no_grad"):
            eval(f"p.{change}")
        with torch.no_grad():
            shape = eval(f"p.{change}").shape
        assert p.requires_grad, change
        assert p.is_leaf, change
        (p * p).sum().backward()
        assert p.grad.shape == shape, change
        y = 2 * p
        with torch.no_grad(), pytest.raises(DataError, match="lose its derivative"):
            eval(f"y.{change}", {"y": y})


def in_place_layers():
    """Yield the layers and functions that have ``inplace``, ready to be called."""
    settings = dict.fromkeys(("Threshold", "threshold"), (0.1, 9.0))
    settings |= dict.fromkeys(("alpha_dropout", "feature_alpha_dropout"), (0.5, True))
    for space in (torch.nn, F):
        for name in sorted(vars(space)):
            item = vars(space)[name]
            if name.startswith("_") or not callable(item) or item is torch.nn.Parameter:
                continue
            if isinstance(item, type) and not issubclass(item, torch.nn.Module):
                continue
            try:
                parameters = inspect.signature(getattr(item, "plain", item)).parameters
            except ValueError:
                continue
            if "inplace" not in parameters or name.endswith(
                "AlphaDropout"
            ):  # not PyTorch's, either
                continue
            yield name, item, settings.get(name, ())


IN_PLACE = list(in_place_layers())


def called(item, settings, x, inplace):
    torch.manual_seed(0)
    if isinstance(item, type):
        return item(*settings, inplace=inplace)(x)
    return item(x, *settings, inplace=inplace)


def test_all_layers_with_inplace_are_known():
    assert len(IN_PLACE) >= 32


@pytest.mark.parametrize(("name", "item", "settings"), IN_PLACE, ids=[n for n, *_ in IN_PLACE])
def test_inplace_overwrites_the_input_and_its_views(name, item, settings):
    x = torch.linspace(-4.0, 4.0, 12).reshape(1, 3, 4).requires_grad_()
    expected = called(item, settings, x * 1.0, False)
    (3.0 * expected.sum()).backward()
    slope, x.grad = x.grad, None
    h = x * 1.0
    view = h[0, 1]
    y = called(item, settings, h, True)
    for found in (y, h):
        np.testing.assert_array_equal(found.detach().numpy(), expected.detach().numpy())
    np.testing.assert_array_equal(view.detach().numpy(), expected.detach().numpy()[0, 1])
    (y.sum() + 2.0 * h.sum()).backward()
    np.testing.assert_allclose(x.grad.numpy(), slope.numpy(), rtol=1e-6)
    with pytest.raises(DataError, match="leaf"):
        called(item, settings, x, True)
    constant = torch.ones(1, 3, 4) * -1.5
    assert called(item, settings, constant, True) is constant


@pytest.mark.parametrize("shape", [(6, 5), (6, 5, 4), (6, 5, 4, 3), (6, 5, 4, 3, 2)])
@pytest.mark.parametrize("ndim", [2, 3])
def test_dropout_of_channels_takes_any_axes(shape, ndim):
    name = f"dropout{ndim}d"
    for drop in (getattr(F, name), getattr(torch.nn, name.capitalize())()):
        torch.manual_seed(0)
        y = drop(torch.ones(shape)).numpy()
        channels = 1 if ndim == 3 and len(shape) < 5 else 2  # axes that are not masked as one
        flat = y.reshape((*shape[:channels], -1))
        assert (flat == flat[..., :1]).all()
        assert set(np.unique(y)) == {0.0, 2.0}


@pytest.mark.parametrize("names", [None, "ab", "h", "abh"])
def test_stored_gradients_share_no_memory(names):
    given, seed = torch.zeros(2, 3), torch.ones(2, 3)
    tensors = {name: given.clone().requires_grad_() for name in "ab"}
    tensors["h"] = tensors["a"] + tensors["b"].reshape(2, 3)
    tensors["h"].retain_grad()
    inputs = None if names is None else [tensors[name] for name in names]
    y = tensors["h"] + tensors["a"].reshape(6).reshape(2, 3)
    y.backward(seed, inputs=inputs)
    kept = [tensors[name].grad for name in names or "abh"]
    for i, one in enumerate(kept):
        for other in (seed, *kept[:i]):
            assert not np.shares_memory(one.detach().numpy(), other.detach().numpy())


def test_data_of_buffers_and_gradients_can_be_replaced():
    class Counter(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("done", torch.tensor(False))
            self.register_buffer("means", torch.ones(2))
            self.norm = torch.nn.BatchNorm1d(2)

    model = Counter()
    done = model.done
    model.done.data = torch.tensor(True)
    model.means.data = torch.zeros(3)  # of another shape
    model.norm.running_mean.data = torch.full((2,), 5.0)
    model.norm.num_batches_tracked.data = torch.tensor(9)
    assert bool(done)
    assert model.state_dict()["done"].item() is True
    assert model.means.tolist() == model.state_dict()["means"].tolist() == [0, 0, 0]
    assert model.norm.running_mean.tolist() == [5, 5]
    assert model.norm.num_batches_tracked.item() == 9
    x = torch.ones(2, requires_grad=True)
    (x * 2).sum().backward()
    gradient = x.grad
    x.grad.data = x.grad.data * 0.5
    assert x.grad.tolist() == gradient.tolist() == [1, 1]
    torch.optim.SGD([x], lr=1.0).step()
    assert x.tolist() == [0, 0]
