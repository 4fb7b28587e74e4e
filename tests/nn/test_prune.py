"""Pruned parameters and buffers of `nn.torch_style`: what the recorded scripts do not show."""

import copy
import pickle

import numpy as np
import pytest

import nn.torch_style as torch
from autograd.errors import DataError, OptionError, ShapeError
from nn.torch_style import nn
from nn.torch_style.nn.utils import prune


def test_a_pruned_weight_is_a_product_with_a_derivative():
    layer = nn.Linear(4, 3)
    weight = layer.weight
    prune.l1_unstructured(layer, "weight", amount=5)
    assert layer.weight_orig is weight
    assert torch.equal(layer.weight, weight * layer.weight_mask)
    layer(torch.ones(2, 4)).sum().backward()
    assert torch.equal(weight.grad, 2 * layer.weight_mask)
    layer.weight_orig.data.fill_(3.0)
    assert torch.equal(layer.weight, 3 * layer.weight_mask)
    other = copy.deepcopy(layer)
    other.weight_mask.fill_(1.0)
    assert (layer.weight == 0).sum() == 5
    assert prune.remove(layer, "weight").weight is weight
    assert list(layer.state_dict()) == ["bias", "weight"]
    assert not prune.is_pruned(layer)


def test_masks_load_and_scores_decide():
    one, other = (prune.identity(nn.Linear(2, 2), "weight") for _ in range(2))
    scores = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    prune.l1_unstructured(one, "weight", 0.5, importance_scores=scores)
    assert one.weight_mask.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    other.load_state_dict(one.state_dict())
    assert torch.equal(other.weight, one.weight)
    prune.global_unstructured(
        [(one, "weight"), (other, "bias")], prune.L1Unstructured, amount=2,
        importance_scores={(one, "weight"): scores},
    )  # fmt: skip
    assert (one.weight_mask.sum(), other.bias_mask.sum()) == (2, 0)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda m: prune.remove(m, "weight"), OptionError, "not pruned"),
        (lambda m: prune.l1_unstructured(m, "weight", 1.5), OptionError, "amount=1.5"),
        (lambda m: prune.l1_unstructured(m, "weight", 7), OptionError, "the 6 that are left"),
        (lambda m: prune.ln_structured(m, "bias", 1, 2, 0), ShapeError, "no slices"),
        (lambda m: prune.custom_from_mask(m, "bias", torch.ones(3)), ShapeError, r"\(3,\)"),
        (lambda m: prune.l1_unstructured(m, "scale", 1), AttributeError, "scale"),
    ],
)
def test_what_cannot_be_pruned_is_refused(call, error, message):
    layer = nn.Linear(3, 2)
    with pytest.raises(error, match=message):
        call(layer)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]


def test_assigning_a_buffer_registers_it():
    layer = nn.Linear(2, 2)
    layer.mask = nn.Buffer(torch.ones(2, 2))
    layer.step = nn.Buffer(torch.zeros(1), persistent=False)
    assert list(layer.state_dict()) == ["weight", "bias", "mask"]
    assert [name for name, _ in layer.named_buffers()] == ["mask", "step"]
    layer.mask = torch.zeros(2, 2)
    assert layer.double().mask.dtype == torch.float64
    with pytest.raises(DataError, match=r"torch\.tensor"):
        layer.mask = 3
    layer.mask = nn.Parameter(torch.ones(1))
    assert [name for name, _ in layer.named_buffers()] == ["step"]
    buffer = nn.Buffer(torch.arange(3), persistent=False)
    for same in (copy.deepcopy(buffer), pickle.loads(pickle.dumps(buffer))):
        assert isinstance(same, nn.Buffer)
        assert not same.persistent
        np.testing.assert_array_equal(same, [0, 1, 2])
    with pytest.raises(DataError, match="is a parameter"):
        layer.weight = nn.Buffer(torch.ones(2, 2))
