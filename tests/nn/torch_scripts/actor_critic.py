"""Actor and critic: two heads, a smooth loss for values, an entropy bonus."""

from collections import namedtuple

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.optim as optim
from torch.distributions import Categorical

SavedAction = namedtuple("SavedAction", ["log_prob", "value"])


class Policy(nn.Module):
    def __init__(self):
        super().__init__()
        self.affine1 = nn.Linear(4, 12)
        self.action_head = nn.Linear(12, 2)
        self.value_head = nn.Linear(12, 1)

    def forward(self, x):
        x = F.relu(self.affine1(x))
        action_prob = F.softmax(self.action_head(x), dim=-1)
        state_values = self.value_head(x)
        return action_prob, state_values


def run():
    torch.manual_seed(7)
    model = Policy()
    optimizer = optim.Adam(model.parameters(), lr=3e-2)
    losses = []
    for episode in range(4):
        saved_actions, rewards, entropies = [], [], []
        for step in range(5):
            probs, state_value = model(torch.randn(4))
            m = Categorical(probs)
            action = torch.tensor((episode * step) % 2)
            saved_actions.append(SavedAction(m.log_prob(action), state_value))
            entropies.append(m.entropy())
            rewards.append(float(step % 3))
        R = 0
        policy_losses, value_losses, returns = [], [], []
        for r in rewards[::-1]:
            R = r + 0.99 * R
            returns.insert(0, R)
        returns = torch.tensor(returns)
        returns = (returns - returns.mean()) / (returns.std() + 1e-7)
        for (log_prob, value), R in zip(saved_actions, returns):
            advantage = R - value.item()
            policy_losses.append(-log_prob * advantage)
            value_losses.append(F.smooth_l1_loss(value, torch.tensor([R])))
        optimizer.zero_grad()
        loss = torch.stack(policy_losses).sum() + torch.stack(value_losses).sum()
        loss = loss - 0.01 * torch.stack(entropies).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
