"""A critic with a gradient penalty: derivatives of derivatives, a frozen copy averaged."""

import copy

import torch
import torch.nn as nn
from torch import autograd


def gradient_penalty(critic, real, fake):
    alpha = torch.rand(real.size(0), 1).expand_as(real)
    interpolates = (alpha * real.data + (1 - alpha) * fake.data).requires_grad_(True)
    disc_interpolates = critic(interpolates)
    gradients = autograd.grad(
        outputs=disc_interpolates,
        inputs=interpolates,
        grad_outputs=torch.ones(disc_interpolates.size()),
        create_graph=True,
        retain_graph=True,
        only_inputs=True,
    )[0]
    return ((gradients.norm(2, dim=1) - 1) ** 2).mean()


def run():
    torch.manual_seed(10)
    G = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Linear(8, 2))
    D = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
    average = copy.deepcopy(G)
    optimizer_G = torch.optim.RMSprop(G.parameters(), lr=0.005)
    optimizer_D = torch.optim.Adam(D.parameters(), lr=0.01, betas=(0.0, 0.9))
    losses = []
    for _ in range(4):
        real = torch.randn(12, 2) + torch.tensor([2.0, -1.0])
        for p in D.parameters():
            p.requires_grad = True
        optimizer_D.zero_grad()
        fake = G(torch.randn(12, 3)).detach()
        d_loss = D(fake).mean() - D(real).mean() + 10 * gradient_penalty(D, real, fake)
        d_loss.backward()
        optimizer_D.step()
        for p in D.parameters():
            p.requires_grad = False
        optimizer_G.zero_grad()
        g_loss = -D(G(torch.randn(12, 3))).mean()
        g_loss.backward()
        optimizer_G.step()
        with torch.no_grad():
            for old, new in zip(average.parameters(), G.parameters()):
                old.mul_(0.9).add_(new, alpha=0.1)
        losses += [d_loss.item(), g_loss.item()]
    return [*losses, average[2].weight.abs().sum().item()]
