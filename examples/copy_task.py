"""Train a small transformer to copy a sequence, and draw its attention.

It reads ten symbols and a mark and then generates the ten symbols one by one, each from
everything before it. It learns by predicting the next symbol.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import autograd
import nn

SYMBOLS, LENGTH = 8, 10
MARK = SYMBOLS


class Copier(nn.Module):
    """A transformer with two blocks that predicts the next symbol at each position."""

    def __init__(self, width=32, heads=4, blocks=2):
        self.symbols = nn.Embedding(SYMBOLS + 1, width)
        self.places = nn.Embedding(2 * LENGTH, width)
        self.blocks = [
            nn.TransformerBlock(
                width, heads, 2 * width, dropout=0.0, norm_first=True, batch_first=True
            )
            for _ in range(blocks)
        ]
        self.norm = nn.LayerNorm(width)
        self.linear = nn.Linear(width, SYMBOLS)

    def forward(self, sequences):
        x = self.symbols(sequences) + self.places(np.arange(sequences.shape[1]))
        for block in self.blocks:
            x = block(x, is_causal=True)
        return self.linear(self.norm(x))


def copies(count, generator):
    """Return sequences without their last symbol, and the next symbol at each position."""
    words = generator.integers(0, SYMBOLS, (count, LENGTH))
    mark = np.full((count, 1), MARK)
    return np.concatenate([words, mark, words[:, :-1]], axis=1), words


def loss_of_copy(scores, words):
    """Return the cross-entropy after the mark; the symbols before it cannot be predicted."""
    return nn.cross_entropy(scores[:, LENGTH:].reshape((-1, SYMBOLS)), words.reshape(-1))


def copied(model, words):
    """Generate with a model, symbol by symbol, what follows the words and the mark."""
    sequences = np.concatenate([words, np.full((len(words), 1), MARK)], axis=1)
    with autograd.no_grad():
        for _ in range(LENGTH):
            following = model(sequences)[:, -1].argmax(axis=-1)
            sequences = np.concatenate([sequences, following[:, None]], axis=1)
    return sequences[:, LENGTH + 1 :]


def draw(model, words, path):
    """Draw the attention weights of each block, averaged over its heads."""
    sequences = np.concatenate([words, [MARK], words[:-1]])[None]
    names = [str(symbol) for symbol in sequences[0]]
    names[LENGTH] = "|"
    figure = Figure(figsize=(4.5 * len(model.blocks), 4.5), layout="constrained")
    with autograd.no_grad():
        x = model.symbols(sequences) + model.places(np.arange(2 * LENGTH))
        for number, block in enumerate(model.blocks, 1):
            shares = block.self_attn(block.norm1(x), is_causal=True, need_weights=True)[1]
            axes = figure.add_subplot(1, len(model.blocks), number)
            axes.imshow(shares.data[0], cmap="Blues", vmin=0, vmax=1)
            axes.set_xticks(range(2 * LENGTH), names)
            axes.set_yticks(range(2 * LENGTH), names)
            axes.set(title=f"block {number}", xlabel="looked at", ylabel="read last")
            x = block(x, is_causal=True)
    figure.savefig(path, dpi=120)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="where to put a picture")
    options = parser.parse_args(arguments)

    nn.seed(options.seed)
    generator = np.random.default_rng(options.seed)
    model = Copier().astype(np.float32)
    optimizer = nn.optim.AdamW(model.parameters(), lr=3e-3)
    schedule = nn.optim.OneCycleLR(optimizer, 3e-3, options.steps, pct_start=0.1)
    started = time.perf_counter()
    for step in range(1, options.steps + 1):
        sequences, words = copies(64, generator)
        optimizer.zero_grad()
        loss = loss_of_copy(model(sequences), words)
        loss.backward()
        nn.optim.clip_grad_norm(model.parameters(), 1.0)
        optimizer.step()
        if step < options.steps:
            schedule.step()
        if step % max(1, options.steps // 6) == 0:
            print(f"step {step}: loss {loss.item():.4f}", flush=True)
    seconds = time.perf_counter() - started

    _, words = copies(1000, np.random.default_rng(options.seed + 1))
    exact = np.mean((copied(model.eval(), words) == words).all(axis=1))
    print(
        f"{model.num_parameters():,} parameters, {options.steps} steps in {seconds:.1f} s: "
        f"{exact:.1%} of 1,000 new sequences copied without a mistake"
    )
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        draw(model, words[0], options.output / "copy_task.png")
    return exact


if __name__ == "__main__":
    main()
