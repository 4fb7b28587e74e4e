import math
from functools import partial

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.func import functional_call, grad, vmap


def run():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 16), nn.ReLU(), nn.Linear(16, 1))
    params = dict(net.named_parameters())
    opt = torch.optim.Adam(params.values(), lr=1e-2)
    out = []

    def sample_tasks(n, k):
        a = torch.rand(n) * 4.9 + 0.1
        ph = torch.rand(n) * math.pi
        xs = torch.rand(n, k, 1) * 10 - 5
        return xs, torch.sin(xs + ph[:, None, None]) * a[:, None, None]

    def inner_loss(p, x, y):
        return F.mse_loss(functional_call(net, p, (x,)), y)

    def maml_loss(p, x1, y1, x2, y2, alpha=0.05):
        g = grad(inner_loss)(p, x1, y1)
        p2 = {k: p[k] - alpha * g[k] for k in p}
        return inner_loss(p2, x2, y2)

    for it in range(5):
        (x1, y1), (x2, y2) = sample_tasks(4, 5), sample_tasks(4, 5)
        losses = vmap(partial(maml_loss, dict(params)))(x1, y1, x2, y2)
        loss = losses.mean()
        opt.zero_grad()
        loss.backward()
        opt.step()
        out.append(loss.item())
    fast = {k: v.clone() for k, v in params.items()}
    for _ in range(3):
        l = inner_loss(fast, x1[0], y1[0])
        gs = torch.autograd.grad(l, fast.values(), create_graph=True)
        fast = {k: v - 0.05 * g for (k, v), g in zip(fast.items(), gs)}
        out.append(l.item())
    q = inner_loss(fast, x2[0], y2[0])
    q.backward()
    out += [q.item(), net[0].weight.grad.norm().item()]
    per = vmap(grad(inner_loss), in_dims=(None, 0, 0))(
        {k: v.detach() for k, v in params.items()}, x1[0], y1[0]
    )
    out += [per[k].pow(2).sum().item() for k in sorted(per)]
    return out
