"""Functions and classes of `nn.torch_style` take PyTorch's arguments, in its order, by its names."""

import importlib
import inspect
import json
import sys
from pathlib import Path

import pytest

import nn.torch_style as torch
from autograd.errors import DataError, OptionError
from nn.optim.optimizer import WITHOUT_EFFECT
from nn.torch_style.calls import signature_of
from nn.torch_style.nn.face import Face
from nn.torch_style.nn.lazy import Lazy
from nn.torch_style.optim.lr_scheduler import Schedule
from nn.torch_style.optim.optimizer import _Known

sys.path.insert(0, str(Path(__file__).parent))
from torch_signatures import arguments, is_open

RECORDED = json.loads((Path(__file__).parent / "data" / "torch_signatures.json").read_text("utf-8"))

#: What no value of changes a result: accepted wherever PyTorch has it, whatever the default.
HARMLESS = {
    "inplace", "_stacklevel", "device", "dtype", "out", "cache_size", "_instance", "generator",
    "validate_args", "enable_nested_tensor", "mask_check", "activation", "orig_func", "verbose",
    "last_epoch", *WITHOUT_EFFECT,
}  # fmt: skip

#: What differs, and why that is right.
DIFFERENT = {
    "nn.Flatten: start_dim": "the plain layer has other defaults for two names of each",
    "nn.Flatten: end_dim": "the plain layer has other defaults for two names of each",
    "nn.Softmin: dim": "PyTorch takes an axis that depends on the shape, and warns",
    "nn.functional.affine_grid: align_corners": "None means False",
    "nn.utils.rnn.PackedSequence: batch_sizes": "PyTorch takes other things as well",
    "func.jacrev: _preallocate_and_copy": "it is PyTorch's own",
}


def signature(item):
    """Return what a function or class takes, also where it has ``*arguments``."""
    if isinstance(item, type) and issubclass(item, Lazy) and item.__init__ is Lazy.__init__:
        found = list(signature(item.becomes).parameters.values())
        return inspect.Signature(found[1:])
    if isinstance(item, type) and issubclass(item, Face) and hasattr(item, "plain"):
        own = inspect.signature(item)
        if not is_open(own):
            return own
        keywords = set(item.lacking) - {name.partition("=")[0] for name in item.order}
        return signature_of(item.plain, (*item.order, *sorted(keywords)), item.lacking)
    if isinstance(item, type) and issubclass(item, Schedule):
        plain = item.__mro__[2]
        return signature_of(plain, item.order, {}) if item.order else inspect.signature(plain)
    if isinstance(item, type) and issubclass(item, _Known):
        plain = next(kind for kind in item.__mro__ if not issubclass(kind, torch.optim.Optimizer))
        known = inspect.signature(plain).parameters.values()
        names = [p.name for p in known if p.kind is p.POSITIONAL_OR_KEYWORD]
        names += [*item.more, *(p.name for p in known if p.name not in (*names, *item.more))]
        own = [p for p in inspect.signature(item).parameters.values() if p.kind is p.KEYWORD_ONLY]
        found = signature_of(plain, names, {})
        return found.replace(parameters=[*found.parameters.values(), *own])
    return inspect.signature(item)


def differences(name, theirs, ours):
    """Yield what a call with PyTorch's arguments would do otherwise."""
    by_name = {n: usual for n, usual, _ in ours}
    ordered = [n for n, _, positional in ours if positional]
    expected = [n for n, _, positional in theirs if positional]
    for place, argument in enumerate(expected):
        if argument in HARMLESS and argument not in by_name:
            break  # it and those behind it are given by name
        if ordered[place : place + 1] != [argument]:
            yield f"{name}: {argument} is not argument {place}"
            break
    for argument, usual, _ in theirs:
        if argument in HARMLESS:
            continue
        if argument not in by_name or by_name[argument] != usual:
            yield f"{name}: {argument}"


def test_arguments_are_those_of_pytorch():
    found = []
    for name, theirs in RECORDED.items():
        module, _, item = name.rpartition(".")
        try:
            ours = getattr(importlib.import_module(f"nn.torch_style.{module}"), item)
        except AttributeError:
            continue  # an error says what to write
        taken = signature(ours)
        takes_any = any(p.kind is p.VAR_KEYWORD for p in taken.parameters.values())
        if not is_open(taken) and not takes_any:
            found += differences(name, theirs, arguments(taken))
    assert sorted(set(found)) == sorted(DIFFERENT)


def test_last_arguments_of_optimisers_may_be_positional():
    weights = [torch.ones(2, requires_grad=True)]
    optimizer = torch.optim.NAdam(weights, 0.1, (0.9, 0.99), 1e-8, 0.1, 4e-3, True)
    assert optimizer.param_groups[0]["decoupled_weight_decay"]
    optimizer = torch.optim.RMSprop(weights, 0.1, 0.9, 1e-8, 0.0, 0.0, False, False, None, True)
    assert optimizer.param_groups[0]["maximize"]
    with pytest.raises(OptionError, match="at most 5"):
        torch.optim.RAdam(weights, 0.1, (0.9, 0.99), 1e-8, 0.1, True, 1, 2)
    with pytest.raises(OptionError, match="functional_call"):
        torch.optim.SGD(weights, differentiable=True)


def test_modules_without_a_file_are_attributes_of_their_packages():
    assert torch.distributions.transforms.ExpTransform is torch.distributions.ExpTransform
    assert torch.optim.adamw.AdamW is torch.optim.AdamW
    assert torch.nn.modules.flatten.Flatten is torch.nn.Flatten
    assert torch.nn.utils.clip_grad.clip_grad_norm_ is torch.nn.utils.clip_grad_norm_


def test_rarer_names_of_pytorch_are_there():
    weight = torch.ones(2, requires_grad=True)
    (3 * weight).sum().backward()
    total = torch.nn.utils.get_total_norm([weight.grad])
    torch.nn.utils.clip_grads_with_norm_([weight], 1.0, total)
    assert torch.allclose(weight.grad.norm(), torch.tensor(1.0))
    pairs = torch.utils.data.StackDataset(torch.arange(3), [5, 6, 7])
    loader = torch.utils.data.DataLoader(pairs, batch_size=3)
    assert [part.tolist() for part in next(iter(loader))] == [[0, 1, 2], [5, 6, 7]]
    with pytest.raises(DataError, match=r"\[2, 3\]"):
        torch.utils.data.StackDataset(a=[1, 2], b=[1, 2, 3])
