"""Policies that draw their actions one by one, and proximal steps from a batch of them."""

from collections import deque

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.distributions import Categorical, Normal, kl_divergence


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine = nn.Linear(4, 16)
        self.action = nn.Linear(16, 3)
        self.value = nn.Linear(16, 1)

    def forward(self, x):
        x = F.relu(self.affine(x))
        return F.softmax(self.action(x), dim=-1), self.value(x)


def episode(policy):
    saved, rewards = [], []
    state = torch.randn(4)
    for t in range(8):
        probs, value = policy(state)
        distribution = Categorical(probs)
        action = distribution.sample()
        saved.append((distribution.log_prob(action), value))
        rewards.append(float(action.item()) + 0.1 * t)
        state = torch.randn(4) + action
    return saved, rewards


def discounted(rewards):
    total, returns = 0, deque()
    for reward in rewards[::-1]:
        total = reward + 0.99 * total
        returns.appendleft(total)
    returns = torch.tensor(returns)
    return (returns - returns.mean()) / (returns.std() + torch.finfo(torch.float32).eps)


def run():
    torch.manual_seed(0)
    policy = Policy()
    optimizer = torch.optim.Adam(policy.parameters(), lr=3e-2)
    losses = []
    for _ in range(3):
        saved, rewards = episode(policy)
        steps = []
        for (log_prob, value), wanted in zip(saved, discounted(rewards)):
            steps.append(-log_prob * (wanted - value.item()))
            steps.append(F.smooth_l1_loss(value, torch.tensor([wanted])).squeeze())
        optimizer.zero_grad()
        loss = torch.stack(steps).sum()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    mean, log_std = nn.Linear(4, 2), nn.Parameter(torch.zeros(2))
    optimizer = torch.optim.Adam([*mean.parameters(), log_std], lr=1e-2, eps=1e-5)
    x, advantage = torch.randn(16, 4), torch.randn(16)
    with torch.no_grad():
        old = Normal(torch.tanh(mean(x)), log_std.exp())
        actions = old.sample()
        before = old.log_prob(actions).sum(-1)
    for _ in range(3):
        new = Normal(torch.tanh(mean(x)), log_std.exp())
        ratio = (new.log_prob(actions).sum(-1) - before).exp()
        clipped = torch.clamp(ratio, 0.8, 1.2) * advantage
        loss = -torch.min(ratio * advantage, clipped).mean() - 0.01 * new.entropy().mean()
        loss = loss + 0.1 * kl_divergence(old, new).sum(-1).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
