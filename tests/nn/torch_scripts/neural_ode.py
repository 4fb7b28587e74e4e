"""A differential equation with a learned right-hand side; its derivative by the adjoint equation."""

import torch
from torch import nn
from torch.nn import functional as F


def midpoint(f, state, start, end, steps=4):
    h, t = (end - start) / steps, start
    for _ in range(steps):
        state = state + h * f(state + h / 2 * f(state, t), t + h / 2)
        t = t + h
    return state


class Adjoint(torch.autograd.Function):
    @staticmethod
    def forward(ctx, z, times, flat, field):
        found = [z]
        for start, end in zip(times[:-1], times[1:]):
            found.append(midpoint(field, found[-1], start, end))
        ctx.field = field
        ctx.save_for_backward(times, torch.stack(found), flat)
        return torch.stack(found)

    @staticmethod
    def backward(ctx, grad_output):
        times, path, flat = ctx.saved_tensors
        field, size = ctx.field, path[0].numel()

        def backwards(state, t):
            z, a = state[:size].view_as(path[0]), state[size : 2 * size].view_as(path[0])
            with torch.enable_grad():
                z = z.detach().requires_grad_(True)
                slope = field(z, t)
                dz, *dp = torch.autograd.grad(slope, (z, *field.parameters()), a, allow_unused=True)
            return torch.cat([slope.flatten(), -dz.flatten(), *(-p.flatten() for p in dp)]).detach()

        a, p = torch.zeros_like(path[0]), torch.zeros_like(flat)
        for i in range(len(times) - 1, 0, -1):
            a += grad_output[i]
            state = torch.cat([path[i].flatten(), a.flatten(), p])
            state = midpoint(backwards, state, times[i], times[i - 1])
            a[:] = state[size : 2 * size].view_as(a)
            p[:] = state[2 * size :]
        return a + grad_output[0], None, p, None


class Field(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))

    def forward(self, z, t):
        return self.net(z * torch.cos(t))


def run():
    torch.manual_seed(2)
    z, times = torch.tensor([[0.6, 0.3], [-0.2, 0.5]]), torch.linspace(0, 1, 3)
    target = torch.stack([z * torch.exp(-t) for t in times])
    field = Field()
    optimizer = torch.optim.Adam(field.parameters(), lr=0.02)
    losses = []
    for _ in range(4):
        flat = torch.cat([parameter.flatten() for parameter in field.parameters()])
        loss = F.mse_loss(Adjoint.apply(z, times, flat, field), target)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses
