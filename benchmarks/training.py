"""Training steps of the same network in `nn` and in PyTorch, with the same weights."""

import numpy as np


def weights(shapes, dtype):
    """Return the same initial weights for every peer, by name; counts of batches are 0."""
    generator = np.random.default_rng(0)
    found = {}
    for name, shape in shapes.items():
        if name.endswith("num_batches_tracked"):
            found[name] = np.array(0)
            continue
        if name.endswith("running_var"):
            found[name] = np.ones(shape, dtype)
            continue
        inside = np.prod(shape[1:]) if len(shape) > 1 else 64
        found[name] = (generator.uniform(-1, 1, shape) / np.sqrt(inside)).astype(dtype)
    return found


def chainrule_step(model, loss_of, dtype):
    """Return a training step of an `nn` model with Adam."""
    import nn

    model.astype(np.dtype(dtype).type)
    shapes = {name: array.shape for name, array in model.state_dict().items()}
    model.load_state_dict(weights(shapes, dtype))
    adam = nn.optim.Adam(model.parameters())

    def step(*batch):
        adam.zero_grad()
        loss = loss_of(model, *batch)
        loss.backward()
        adam.step()
        return loss.item()

    return step


def torch_step(model, loss_of, dtype):
    """Return a training step of a PyTorch model with Adam."""
    import torch

    model.to(getattr(torch, dtype))
    shapes = {name: tuple(array.shape) for name, array in model.state_dict().items()}
    arrays = weights(shapes, dtype)
    model.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    adam = torch.optim.Adam(model.parameters())

    def step(*batch):
        adam.zero_grad()
        loss = loss_of(model, *batch)
        loss.backward()
        adam.step()
        return loss.item()

    return step
