"""Record the results of PyTorch for the table in `samples.py`: run once, with PyTorch installed.

python tests/nn/record_torch.py
"""

from pathlib import Path

import numpy as np


def record(sample, names):
    """Return the outputs, derivatives and buffers of a sample by name."""
    import torch
    from samples import arrays, factors, flat, state

    model = eval(sample.theirs or sample.model, names)
    if model is not None:
        given = state({name: tuple(array.shape) for name, array in model.state_dict().items()})
        model.load_state_dict({n: torch.tensor(a) for n, a in given.items()}, strict=False)
    x = [torch.tensor(array, requires_grad=True) for array in arrays(sample)]
    outputs = flat(eval(sample.their_call or sample.call, {**names, "model": model, "x": x}))
    parts = zip(outputs, factors(outputs), strict=True)
    total = sum((y * torch.tensor(factor)).sum() for y, factor in parts)
    if total.requires_grad:
        total.backward()
    found = {f"output {i}": y for i, y in enumerate(outputs)}
    found.update((f"gradient {i}", array.grad) for i, array in enumerate(x))
    if model is not None:
        found.update((f"gradient {n}", p.grad) for n, p in model.named_parameters())
        found.update((f"buffer {n}", b) for n, b in model.named_buffers())
    return {f"{sample.name}: {what}": t.detach().numpy() for what, t in found.items()}


def main():
    import torch
    from samples import CONSTANTS, TABLE
    from torch.nn import functional

    torch.set_default_dtype(torch.float64)
    names = {"nn": torch.nn, "F": functional, "torch": torch}
    names.update((name, torch.tensor(array)) for name, array in CONSTANTS.items())
    recorded = {}
    for sample in TABLE:
        recorded.update(record(sample, names))
    path = Path(__file__).with_name("data") / "torch_layers.npz"
    np.savez_compressed(path, **recorded)
    print(f"{path.name}: {len(recorded)} arrays, {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
