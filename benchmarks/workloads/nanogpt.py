"""Training step of a small GPT: 4 blocks of width 128 with 4 heads, 12 texts of 64 characters.

These are the sizes that nanoGPT (Karpathy) recommends for a laptop, without dropout.
"""

import numpy as np
from training import chainrule_step, torch_step

SIZES = ("float32", "float64")
QUICK_SIZES = ()
CALLS = 3
TOLERANCE = 2e-3

BATCH, STEPS, WIDTH, HEADS, BLOCKS, CHARACTERS = 12, 64, 128, 4, 4, 65


def data():
    random = np.random.default_rng(0)
    text = random.integers(0, CHARACTERS, (BATCH, STEPS + 1))
    return text[:, :-1], text[:, 1:].copy()


def parts(nn, block):
    """Build the layers: `nn` and PyTorch's `nn` name them alike."""
    layers = {"tokens": nn.Embedding(CHARACTERS, WIDTH), "places": nn.Embedding(STEPS, WIDTH)}
    layers |= {f"block{i}": block() for i in range(BLOCKS)}
    return layers | {"norm": nn.LayerNorm(WIDTH), "head": nn.Linear(WIDTH, CHARACTERS, bias=False)}


def gpt(nn, block, call):
    """Return the model; `call` calls a block with a causal mask."""

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            for name, layer in parts(nn, block).items():
                setattr(self, name, layer)

        def forward(self, text, places):
            x = self.tokens(text) + self.places(places)
            for i in range(BLOCKS):
                x = call(getattr(self, f"block{i}"), x)
            return self.head(self.norm(x))

    return GPT()


def chainrule(dtype):
    import nn

    text, following = data()
    places = np.arange(STEPS)

    def block():
        return nn.TransformerBlock(WIDTH, HEADS, 4 * WIDTH, 0.0, nn.gelu, True, True)

    def loss(model, text, targets):
        logits = model(text, places)
        return nn.cross_entropy(logits.reshape((-1, CHARACTERS)), targets.reshape(-1))

    model = gpt(nn, block, lambda block, x: block(x, is_causal=True))
    step = chainrule_step(model, loss, dtype)
    return lambda: step(text, following)


def chainrule_jit(dtype):
    from autograd import jit

    return jit(chainrule(dtype))


def torch(dtype):
    import torch
    from torch import nn

    text, following = map(torch.from_numpy, data())
    places = torch.arange(STEPS)
    mask = nn.Transformer.generate_square_subsequent_mask(STEPS).to(getattr(torch, dtype))

    def block():
        return nn.TransformerEncoderLayer(
            WIDTH, HEADS, 4 * WIDTH, 0.0, "gelu", batch_first=True, norm_first=True
        )

    def loss(model, text, targets):
        logits = model(text, places)
        return nn.functional.cross_entropy(logits.reshape(-1, CHARACTERS), targets.reshape(-1))

    model = gpt(nn, block, lambda block, x: block(x, src_mask=mask, is_causal=True))
    step = torch_step(model, loss, dtype)
    return lambda: step(text, following)
