"""Blocks with dropout that are computed again in the backward pass, with the same zeros."""

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.checkpoint import checkpoint, checkpoint_sequential


class Block(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.inner = nn.Sequential(
            nn.LayerNorm(size), nn.Linear(size, 2 * size), nn.GELU(), nn.Dropout(0.5),
            nn.Linear(2 * size, size),
        )  # fmt: skip

    def forward(self, x):
        return x + self.inner(x)


class Network(nn.Module):
    def __init__(self, mode):
        super().__init__()
        self.mode = mode
        self.blocks = nn.Sequential(*[Block(6) for _ in range(3)])
        self.head = nn.Linear(6, 2)

    def forward(self, x):
        if self.mode == "segments":
            x = checkpoint_sequential(self.blocks, 2, x, use_reentrant=False)
        else:
            for block in self.blocks:
                if self.mode == "blocks":
                    x = checkpoint(block, x, use_reentrant=False, preserve_rng_state=True)
                else:
                    x = block(x)
        return self.head(x)


def run():
    losses = []
    for mode in ("plain", "blocks", "segments"):
        torch.manual_seed(0)
        model = Network(mode)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
        for _ in range(3):
            x, target = torch.randn(8, 6), torch.randint(0, 2, (8,))
            optimizer.zero_grad()
            loss = F.cross_entropy(model(x), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    return losses
