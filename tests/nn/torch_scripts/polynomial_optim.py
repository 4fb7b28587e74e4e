"""Fit a cubic to a sine, with a Sequential, a loss module and an optimiser."""

import math

import torch


def run():
    torch.manual_seed(0)
    x = torch.linspace(-math.pi, math.pi, 300)
    y = torch.sin(x)
    p = torch.tensor([1, 2, 3])
    xx = x.unsqueeze(-1).pow(p)
    model = torch.nn.Sequential(torch.nn.Linear(3, 1), torch.nn.Flatten(0, 1))
    loss_fn = torch.nn.MSELoss(reduction="sum")
    optimizer = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    losses = []
    for _ in range(6):
        y_pred = model(xx)
        loss = loss_fn(y_pred, y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    linear_layer = model[0]
    return [*losses, linear_layer.bias.item(), linear_layer.weight[:, 2].item()]
