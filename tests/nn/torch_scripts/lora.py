"""A trained network adapted by matrices of low rank: as parametrizations, and as layers."""

import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrize
from torch.nn.utils.parametrizations import weight_norm


class LowRank(nn.Module):
    def __init__(self, layer, rank, alpha=2.0):
        super().__init__()
        rows, columns = layer.weight.shape
        self.down = nn.Parameter(layer.weight.new_empty(rank, columns))
        self.up = nn.Parameter(torch.zeros(rows, rank))
        self.scaling = alpha / rank
        nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, weight):
        return weight + (self.up @ self.down) * self.scaling


class AdaptedLinear(nn.Linear):
    """Adds the change to the weight for inference, and takes it away for training."""

    def __init__(self, in_features, out_features, rank, **options):
        super().__init__(in_features, out_features, **options)
        self.down = nn.Parameter(self.weight.new_zeros(rank, in_features))
        self.up = nn.Parameter(self.weight.new_zeros(out_features, rank))
        self.weight.requires_grad = False
        self.merged = False
        self.reset_parameters()

    def reset_parameters(self):
        super().reset_parameters()
        if hasattr(self, "down"):
            nn.init.normal_(self.down, std=0.5)

    def train(self, mode=True):
        super().train(mode)
        if mode == self.merged:
            sign = -1 if mode else 1
            self.weight.data += sign * (self.up @ self.down).detach()
            self.merged = not mode
        return self

    def forward(self, x):
        result = F.linear(x, self.weight, self.bias)
        return result if self.merged else result + x @ self.down.T @ self.up.T


def train(model, x, y, steps):
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.02)
    losses = []
    for _ in range(steps):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def run():
    torch.manual_seed(0)
    x, y = torch.randn(24, 6), torch.randint(3, (24,))
    base = nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 3))
    losses = train(base, x, y, 3)
    for module in list(base):
        if isinstance(module, nn.Linear):
            parametrize.register_parametrization(module, "weight", LowRank(module, 2))
    for name, parameter in base.named_parameters():
        parameter.requires_grad_(name.endswith(("down", "up")))
    losses += train(base, x, (y + 1) % 3, 4)
    losses.append(len([key for key in base.state_dict() if "parametrizations.weight.0" in key]))
    for module in base.modules():
        if parametrize.is_parametrized(module):
            parametrize.remove_parametrizations(module, "weight")
    losses.append(F.cross_entropy(base(x), y).item())
    adapted = nn.Sequential(AdaptedLinear(6, 8, 2), nn.Tanh(), weight_norm(nn.Linear(8, 3)))
    losses += train(adapted, x, y, 4)
    losses.append(F.cross_entropy(adapted.eval()(x), y).item())
    losses.append(F.cross_entropy(adapted.train()(x), y).item())
    old = nn.utils.spectral_norm(nn.Linear(6, 3))
    losses += train(old, x, y, 2)
    losses.append(old.weight_u.abs().sum().item())
    return losses
