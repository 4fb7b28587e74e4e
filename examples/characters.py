"""Learn to imitate eighteen sonnets by Shakespeare, character by character."""

import argparse
import time
from pathlib import Path

import numpy as np

import autograd
import nn

SONNETS = Path(__file__).parent / "data" / "sonnets.txt"
STEPS = 64  # characters read at a time


class Writer(nn.Module):
    """Reads characters one by one and scores, at each position, every possible next character."""

    def __init__(self, characters, hidden_size=128):
        self.embedding = nn.Embedding(characters, 32)
        self.gru = nn.GRU(32, hidden_size, batch_first=True)
        self.dropout = nn.Dropout(0.5)
        self.linear = nn.Linear(hidden_size, characters)

    def forward(self, indices, state=None):
        outputs, state = self.gru(self.embedding(indices), state)
        return self.linear(self.dropout(outputs)), state


def loss_of(scores, following):
    return nn.cross_entropy(scores.reshape((-1, scores.shape[-1])), following.reshape(-1))


def mean_loss(model, indices):
    """Return the loss per character of a text read from beginning to end."""
    model.eval()
    with autograd.no_grad():
        scores, _ = model(indices[None, :-1])
        return loss_of(scores, indices[None, 1:]).item()


def sample(model, alphabet, beginning, count, generator, temperature=0.7):
    """Continue a text with a model; lower temperatures give more likely characters."""
    indices = [alphabet.index(character) for character in beginning]
    given, state = np.array([indices]), None
    with autograd.no_grad():
        for _ in range(count):
            scores, state = model(given, state)
            probabilities = autograd.softmax(scores.data[0, -1].astype(float) / temperature)
            indices.append(generator.choice(len(alphabet), p=probabilities))
            given = np.array([indices[-1:]])
    return "".join(alphabet[index] for index in indices)


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)

    text = SONNETS.read_text(encoding="utf-8")
    alphabet = sorted(set(text))
    indices = np.array([alphabet.index(character) for character in text])
    end = text.rindex("\n\n") + 2  # the last sonnet is held out
    known, held = indices[:end], indices[end:]

    nn.seed(options.seed)
    generator = np.random.default_rng(options.seed)
    model = Writer(len(alphabet)).astype(np.float32)
    optimizer = nn.optim.AdamW(model.parameters(), lr=5e-3, weight_decay=0.1)
    schedule = nn.optim.CosineAnnealingLR(optimizer, options.epochs)
    before = mean_loss(model, known), mean_loss(model, held)
    started = time.perf_counter()
    for epoch in range(1, options.epochs + 1):
        model.train()
        beginnings = np.arange(generator.integers(STEPS), len(known) - STEPS, STEPS // 2)
        windows = known[beginnings[:, None] + np.arange(STEPS + 1)]
        losses = []
        for batch in nn.DataLoader(windows, batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss = loss_of(model(batch[:, :-1])[0], batch[:, 1:])
            loss.backward()
            nn.optim.clip_grad_norm(model.parameters(), 1.0)
            optimizer.step()
            losses.append(loss.item())
        schedule.step()
        if epoch % max(1, options.epochs // 8) == 0:
            print(
                f"epoch {epoch}: loss {np.mean(losses):.3f}, held out {mean_loss(model, held):.3f}",
                flush=True,
            )
    seconds = time.perf_counter() - started
    after = mean_loss(model, known), mean_loss(model, held)
    print(
        f"{len(text):,} characters, {len(alphabet)} different ones; {model.num_parameters():,} "
        f"parameters; {options.epochs} epochs in {seconds:.1f} s\n"
        f"loss of what it learns from {before[0]:.2f} before, {after[0]:.2f} after; "
        f"of the sonnet held out {before[1]:.2f} before, {after[1]:.2f} after\n"
    )
    written = sample(model, alphabet, "When ", 300, generator)
    print(written)
    return before, after, written


if __name__ == "__main__":
    main()
