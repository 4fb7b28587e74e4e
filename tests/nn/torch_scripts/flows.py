"""Normalising flows: couplings with masks, and transforms of distributions, one of our own."""

import math

import torch
import torch.nn as nn
from torch import distributions
from torch.distributions import constraints
from torch.distributions.transforms import AffineTransform, StickBreakingTransform, Transform


def network(*last):
    return nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(), nn.Linear(16, 2), *last)


class RealNVP(nn.Module):
    def __init__(self, masks):
        super().__init__()
        self.masks = nn.Parameter(masks, requires_grad=False)
        self.shifts = nn.ModuleList([network() for _ in masks])
        self.scales = nn.ModuleList([network(nn.Tanh()) for _ in masks])
        self.prior = distributions.MultivariateNormal(torch.zeros(2), torch.eye(2))

    def log_prob(self, x):
        log_det, z = x.new_zeros(x.shape[0]), x
        for i in reversed(range(len(self.shifts))):
            mask = self.masks[i]
            kept = mask * z
            s, t = self.scales[i](kept) * (1 - mask), self.shifts[i](kept) * (1 - mask)
            z = (1 - mask) * (z - t) * torch.exp(-s) + kept
            log_det -= s.sum(dim=1)
        return self.prior.log_prob(z) + log_det


class Scale(Transform):
    domain = codomain = constraints.real_vector
    bijective = True

    def __init__(self, log_scale):
        super().__init__()
        self.log_scale = log_scale

    def _call(self, x):
        return x * self.log_scale.exp()

    def _inverse(self, y):
        return y * (-self.log_scale).exp()

    def log_abs_det_jacobian(self, x, y):
        return self.log_scale.sum().expand(x.shape[:-1])


def run():
    torch.manual_seed(0)
    flow = RealNVP(torch.tensor([[0, 1], [1, 0]] * 2).float())
    optimizer = torch.optim.Adam([p for p in flow.parameters() if p.requires_grad], lr=1e-2)
    losses = []
    for _ in range(4):
        angle = torch.rand(32) * math.pi
        x = torch.stack([angle.cos(), angle.sin()], 1) + 0.05 * torch.randn(32, 2)
        loss = -flow.log_prob(x).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    base = distributions.Normal(torch.zeros(2), torch.ones(2))
    loc, log_scale = nn.Parameter(torch.tensor([0.1, -0.2])), nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.Adam([loc, log_scale], lr=0.05)
    for _ in range(3):
        moved = [Scale(log_scale), AffineTransform(loc, 1.0), distributions.TanhTransform()]
        found = distributions.TransformedDistribution(base, moved)
        shares = distributions.TransformedDistribution(base, [moved[0], StickBreakingTransform()])
        loss = -found.log_prob(x.clamp(-0.9, 0.9)).mean() + shares.log_prob(torch.ones(3) / 3)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    to_root = distributions.transform_to(constraints.corr_cholesky)
    root = to_root(torch.randn(3))
    return losses + root.flatten().tolist() + found.sample((2,)).flatten().tolist()
