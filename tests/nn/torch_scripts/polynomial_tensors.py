"""Fit a cubic to a sine, with tensors that require gradients and steps written by hand."""

import math

import torch


def run():
    torch.manual_seed(0)
    x = torch.linspace(-math.pi, math.pi, 200, dtype=torch.float)
    y = torch.sin(x)
    a = torch.randn((), dtype=torch.float, requires_grad=True)
    b = torch.randn((), dtype=torch.float, requires_grad=True)
    c = torch.randn((), dtype=torch.float, requires_grad=True)
    d = torch.randn((), dtype=torch.float, requires_grad=True)
    losses = []
    for _ in range(5):
        y_pred = a + b * x + c * x**2 + d * x**3
        loss = (y_pred - y).pow(2).sum()
        losses.append(loss.item())
        loss.backward()
        with torch.no_grad():
            for w in (a, b, c, d):
                w -= 1e-5 * w.grad
                w.grad = None
    print(f"y = {a.item()} + {b.item()} x + {c.item()} x^2 + {d.item()} x^3")
    return losses
