"""Experts chosen by a noisy gate, whose outputs are added up where their inputs came from."""

import torch
from torch import nn
from torch.distributions.normal import Normal
from torch.nn import functional as F


class Gate(nn.Module):
    def __init__(self, width, experts, k):
        super().__init__()
        self.k = k
        self.clean = nn.Linear(width, experts, bias=False)
        self.noise = nn.Parameter(torch.zeros(width, experts))
        self.register_buffer("mean", torch.tensor([0.0]))
        self.register_buffer("std", torch.tensor([1.0]))

    def forward(self, x):
        scores = self.clean(x)
        spread = F.softplus(x @ self.noise) + 1e-2
        noisy = scores + torch.randn_like(scores) * spread if self.training else scores
        top, chosen = noisy.topk(self.k + 1, dim=1)
        weights = F.softmax(top[:, : self.k], dim=1)
        gates = torch.zeros_like(noisy).scatter(1, chosen[:, : self.k], weights)
        bound = torch.where(noisy > top[:, self.k :], top[:, self.k :], top[:, self.k - 1 : self.k])
        load = Normal(self.mean, self.std).cdf((scores - bound) / spread).sum(0)
        return gates, load


class Mixture(nn.Module):
    def __init__(self, width, experts, k):
        super().__init__()
        self.gate = Gate(width, experts, k)
        self.experts = nn.ModuleList(
            nn.Sequential(nn.Linear(width, width), nn.SiLU()) for _ in range(experts)
        )

    def forward(self, x):
        gates, load = self.gate(x)
        total = x.new_zeros(x.size())
        for number, expert in enumerate(self.experts):
            (rows,) = torch.where(gates[:, number] > 0)
            if rows.numel() == 0:
                continue
            total.index_add_(0, rows, expert(x[rows]) * gates[rows, number, None])
        importance = gates.sum(0)
        balance = importance.var() / (importance.mean() ** 2 + 1e-10)
        return total, balance + load.var() / (load.mean() ** 2 + 1e-10)


def run():
    torch.manual_seed(5)
    model = nn.ModuleDict({"mixture": Mixture(6, 4, 2), "head": nn.Linear(6, 3)})
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    x = torch.randn(20, 6)
    y = x[:, :3].argmax(dim=1)
    losses = []
    for _ in range(5):
        hidden, balance = model["mixture"](x)
        loss = F.cross_entropy(model["head"](hidden), y)
        optimizer.zero_grad(set_to_none=True)
        (loss + 0.01 * balance).backward()
        optimizer.step()
        losses += [loss.item(), balance.item()]
    model.eval()
    with torch.inference_mode():
        losses.append(F.cross_entropy(model["head"](model["mixture"](x)[0]), y).item())
    return losses
