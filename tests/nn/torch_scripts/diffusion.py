"""A small diffusion model: cosine schedule, time embedding, and an average of the weights."""

import math
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn


class Standardized(nn.Conv2d):
    def forward(self, x):
        mean = self.weight.mean(dim=(1, 2, 3), keepdim=True)
        var = self.weight.var(dim=(1, 2, 3), unbiased=False, keepdim=True)
        weight = (self.weight - mean) * (var + 1e-5).rsqrt()
        return F.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class TimeEmbedding(nn.Module):
    def __init__(self, width):
        super().__init__()
        half = width // 2
        rates = torch.exp(torch.arange(half) * -(math.log(10000) / (half - 1)))
        self.register_buffer("rates", rates, persistent=False)

    def forward(self, t):
        angles = t[:, None] * self.rates[None, :]
        return torch.cat((angles.sin(), angles.cos()), dim=-1)


class Block(nn.Module):
    def __init__(self, inputs, outputs, time, groups):
        super().__init__()
        self.time = nn.Sequential(nn.SiLU(), nn.Linear(time, 2 * outputs))
        self.conv = Standardized(inputs, outputs, 3, padding=1)
        self.norm = nn.GroupNorm(groups, outputs)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, t):
        scale, shift = self.time(t)[..., None, None].chunk(2, dim=1)
        return F.silu(self.norm(self.conv(x)) * (scale + 1) + shift) + self.skip(x)


class Denoiser(nn.Module):
    def __init__(self, width=8):
        super().__init__()
        block = partial(Block, time=width, groups=2)
        self.time = nn.Sequential(TimeEmbedding(width), nn.Linear(width, width), nn.GELU())
        self.first, self.down = block(1, width), nn.Conv2d(width, width, 4, 2, 1)
        self.middle = block(width, width)
        self.up = nn.ConvTranspose2d(width, width, 4, 2, 1)
        self.last = nn.Conv2d(2 * width, 1, 1)

    def forward(self, x, t):
        t = self.time(t)
        fine = self.first(x, t)
        coarse = self.middle(self.down(fine), t)
        return self.last(torch.cat((self.up(coarse), fine), dim=1))


def run():
    torch.manual_seed(0)
    steps = 12
    line = torch.linspace(0, steps, steps + 1)
    kept = torch.cos((line / steps + 0.01) / 1.01 * torch.pi * 0.5) ** 2
    betas = torch.clip(1 - kept[1:] / kept[:-1], 1e-4, 0.999)
    alphas = torch.cumprod(1.0 - betas, axis=0)
    before = F.pad(alphas[:-1], (1, 0), value=1.0)

    def at(a, t):
        return a.gather(-1, t).reshape(-1, 1, 1, 1)

    model = Denoiser()
    average = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
    losses = []
    for _ in range(4):
        x, t = torch.rand(4, 1, 8, 8) * 2 - 1, torch.randint(0, steps, (4,)).long()
        noise = torch.randn_like(x)
        noisy = at(alphas.sqrt(), t) * x + at((1 - alphas).sqrt(), t) * noise
        loss = F.smooth_l1_loss(model(noisy, t), noise)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        average.update_parameters(model)
        losses.append(loss.item())
    with torch.no_grad():
        x = torch.randn(2, 1, 8, 8)
        for i in reversed(range(3)):
            t = torch.full((2,), i, dtype=torch.long)
            x = (x - at(betas / (1 - alphas).sqrt(), t) * average(x, t)) / at((1 - betas).sqrt(), t)
            if i > 0:
                variance = betas * (1 - before) / (1 - alphas)
                x += at(variance, t).sqrt() * torch.randn_like(x)
    return losses + [x.abs().mean().item(), x.std().item()]
