"""Learn vectors of words from this project's documents: skip-gram with negative sampling.

Words that are used alike get similar vectors. The method is from Mikolov et al., "Distributed
representations of words and phrases and their compositionality", 2013.
"""

import argparse
import re
import time
from collections import Counter
from pathlib import Path

import numpy as np

import nn

DOCUMENTS = Path(__file__).parents[1] / "docs"
#: Pairs of words that are used alike, to measure the vectors with.
PAIRS = (
    "numpy pytorch, gradient derivative, input output, first second, float32 float64, "
    "infinity nan, values tensors, mean sum, before after, training validation, "
    "true false, function functions"
)


def words_of(folder, least):
    """Return the words of all documents as integers, and the words that occur often enough."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.md"))]
    found = re.findall(r"[a-z][a-z0-9]+", " ".join(texts).lower())
    counts = Counter(found)
    vocabulary = [word for word, count in counts.most_common() if count >= least]
    numbers = {word: number for number, word in enumerate(vocabulary)}
    return np.array([numbers[word] for word in found if word in numbers]), vocabulary


def skip_grams(text, width, generator):
    """Return pairs of words at most `width` places apart; frequent words are often left out."""
    frequency = np.bincount(text) / len(text)
    kept = generator.random(len(text)) < np.sqrt(1e-3 / frequency[text])
    text = text[kept]
    pairs = [(text[:-step], text[step:]) for step in range(1, width + 1)]
    one, other = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return np.concatenate([one, other]), np.concatenate([other, one])


class SkipGram(nn.Module):
    """The logit that two words are neighbours: the product of their vectors."""

    def __init__(self, words, width):
        self.centre = nn.Embedding(words, width)
        self.context = nn.Embedding(words, width)
        self.centre.weight.data *= 0.1
        self.context.weight.data *= 0.1

    def forward(self, centre, context):
        """Return a logit for each context of each word."""
        return (self.centre(centre)[:, None] * self.context(context)).sum(axis=2)


def places(vectors, vocabulary):
    """Return for each pair how many words are at least as near to the first as the second is."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    ranks = {}
    for pair in PAIRS.split(", "):
        if not set(pair.split()) <= set(vocabulary):
            continue  # the documents change
        one, other = (vocabulary.index(word) for word in pair.split())
        cosines = unit @ unit[one]
        ranks[pair] = int((cosines > cosines[other]).sum())
    return ranks


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)

    nn.seed(options.seed)
    generator = np.random.default_rng(options.seed)
    text, vocabulary = words_of(DOCUMENTS, least=8)
    chance = np.bincount(text) ** 0.75
    chance /= chance.sum()
    model = SkipGram(len(vocabulary), 32)
    optimizer = nn.optim.Adam(model.parameters(), lr=1e-2)
    started = time.perf_counter()
    losses = []
    for epoch in range(1, options.epochs + 1):
        centre, context = skip_grams(text, 4, generator)
        total = []
        for words, near in nn.DataLoader((centre, context), 1024, shuffle=True, drop_last=True):
            others = generator.choice(len(vocabulary), (len(words), 5), p=chance)
            logits = model(words, np.concatenate([near[:, None], others], axis=1))
            loss = nn.binary_cross_entropy_with_logits(logits, np.eye(6)[:1] * np.ones((1024, 1)))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total.append(loss.item())
        losses.append(np.mean(total))
        print(f"epoch {epoch}: loss {losses[-1]:.3f}", flush=True)
    ranks = places(model.centre.weight.data, vocabulary)
    print(
        f"{len(text):,} words, {len(vocabulary)} different, {time.perf_counter() - started:.1f} s"
    )
    for pair, rank in ranks.items():
        print(f"{pair.replace(' ', ' – ')}: neighbour number {rank} of {len(vocabulary) - 1}")
    middle = np.median(list(ranks.values()))
    print(f"median {middle:g}; by chance it would be {len(vocabulary) // 2}")
    return losses, ranks, len(vocabulary)


if __name__ == "__main__":
    main()
