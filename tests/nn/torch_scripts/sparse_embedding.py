"""Word vectors with sparse gradients: each step changes the rows of its words only."""

import torch
import torch.nn as nn
import torch.nn.functional as F


class ContinuousBag(nn.Module):
    def __init__(self, vocabulary, size):
        super().__init__()
        self.words = nn.EmbeddingBag(vocabulary, size, mode="mean", sparse=True)
        self.context = nn.Embedding(vocabulary, size, sparse=True)

    def forward(self, words, target, noise):
        vectors = self.words(words)
        right = (vectors * self.context(target)).sum(1)
        wrong = torch.bmm(self.context(noise), vectors.unsqueeze(2)).squeeze(2)
        return -(F.logsigmoid(right) + F.logsigmoid(-wrong).sum(1)).mean()


def run():
    torch.manual_seed(0)
    model = ContinuousBag(20, 6)
    optimizer = torch.optim.SparseAdam(list(model.parameters()), lr=0.05)
    losses = []
    for _ in range(12):
        words, target = torch.randint(0, 20, (4, 3)), torch.randint(0, 20, (4,))
        noise = torch.randint(0, 20, (4, 2))
        optimizer.zero_grad()
        loss = model(words, target, noise)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses + model.words.weight.sum(1).tolist()
