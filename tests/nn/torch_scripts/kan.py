import math
import torch
from torch import Tensor, nn
import torch.nn.functional as F


class KAN(nn.Module):
    def __init__(self, i, o, g=4):
        super().__init__()
        self.register_buffer("grid", torch.linspace(-1, 1, g))
        self.c = nn.Parameter(torch.randn(i, o, g) * 0.1)
        self.base = nn.Linear(i, o)

    def forward(self, x: Tensor) -> Tensor:
        b = torch.exp(-(((x[..., None] - self.grid) * 3) ** 2))
        return self.base(F.silu(x)) + torch.einsum("big,iog->bo", b, self.c)


def run():
    out = []
    torch.manual_seed(1)
    m = nn.Sequential(KAN(2, 3), KAN(3, 1))
    o = torch.optim.NAdam(m.parameters(), lr=0.02)
    xx = torch.rand(32, 2) * 2 - 1
    t = torch.exp(torch.sin(math.pi * xx[:, [0]]) + xx[:, [1]] ** 2)
    for i in range(4):
        o.zero_grad()
        l = F.huber_loss(m(xx), t, delta=0.5)
        l.backward()
        o.step()
        out.append(l.item())
    A = torch.randn(4, 4)
    S = A @ A.mT + torch.eye(4)
    w, V = torch.linalg.eigh(S)
    out += [
        (V @ torch.diag(w) @ V.T - S).abs().max().item() < 1e-4,
        torch.linalg.slogdet(S)[1].item(),
        torch.linalg.matrix_rank(A).item(),
        torch.linalg.cond(S).item(),
        torch.trace(S).item(),
        torch.linalg.pinv(A[:, :2]).sum().item(),
    ]
    idx = torch.tensor([0, 2, 0, 1])
    out += (
        torch.zeros(3).index_add(0, idx, torch.arange(4.0)).tolist()
        + torch.zeros(3).scatter_add(0, idx, torch.ones(4)).tolist()
        + torch.bincount(idx, minlength=4).float().tolist()
    )
    u, inv, cnt = torch.unique(idx, return_inverse=True, return_counts=True)
    out += u.float().tolist() + inv.float().tolist() + cnt.float().tolist()
    out += (
        torch.cumsum(torch.arange(4.0), 0).tolist()
        + torch.cummax(torch.tensor([1.0, 3, 2, 5]), 0).values.tolist()
        + torch.searchsorted(torch.tensor([1.0, 3, 5]), torch.tensor([0.0, 3, 6])).float().tolist()
        + torch.stack(torch.meshgrid(torch.arange(2), torch.arange(2), indexing="ij"))
        .float()
        .flatten()
        .tolist()
        + F.unfold(torch.arange(9.0).view(1, 1, 3, 3), 2).flatten().tolist()
        + torch.where(torch.tensor([1.0, -1.0]) > 0, 1.0, 0.5).tolist()
        + [
            torch.tensor([1, 2, 3]).float().std().item(),
            torch.median(torch.tensor([4.0, 1, 3, 2])).item(),
            torch.tensor([1.0, 2, 3, 4]).quantile(0.3).item(),
        ]
    )
    return [float(v) for v in out]
