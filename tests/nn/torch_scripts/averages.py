import copy
import math

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn, update_bn
from torch.optim.lr_scheduler import (
    LambdaLR,
    CosineAnnealingWarmRestarts,
    SequentialLR,
    LinearLR,
    ChainedScheduler,
    ExponentialLR,
    CosineAnnealingLR,
)


class ModelEMA:
    def __init__(self, model, decay=0.9, tau=5):
        self.ema = copy.deepcopy(model).eval()
        self.updates = 0
        self.decay = lambda x: decay * (1 - math.exp(-x / tau))
        [p.requires_grad_(False) for p in self.ema.parameters()]

    def update(self, model):
        with torch.no_grad():
            self.updates += 1
            d = self.decay(self.updates)
            msd = model.state_dict()
            for k, v in self.ema.state_dict().items():
                if v.dtype.is_floating_point:
                    v *= d
                    v += (1.0 - d) * msd[k].detach()


def run():
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 16), nn.BatchNorm1d(16), nn.SiLU(), nn.Linear(16, 2))
    ema = ModelEMA(net)
    swa = AveragedModel(net)
    ema2 = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(0.9))
    opt = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9, weight_decay=5e-4)
    out = []
    sch = SequentialLR(
        opt,
        [
            LinearLR(opt, start_factor=0.1, total_iters=3),
            CosineAnnealingLR(opt, T_max=6, eta_min=1e-3),
        ],
        milestones=[3],
    )
    x = torch.randn(48, 4)
    y = (x.sum(1) > 0).long()
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(x, y), batch_size=8, shuffle=False
    )
    accum = 2
    scaler = torch.cuda.amp.GradScaler(enabled=False)
    for ep in range(3):
        net.train()
        opt.zero_grad()
        for i, (bx, by) in enumerate(loader):
            with torch.autocast(device_type="cpu", dtype=torch.bfloat16, enabled=False):
                loss = nn.functional.cross_entropy(net(bx), by) / accum
            scaler.scale(loss).backward()
            if (i + 1) % accum == 0 or (i + 1) == len(loader):
                scaler.unscale_(opt)
                n = nn.utils.clip_grad_norm_(net.parameters(), max_norm=0.5)
                scaler.step(opt)
                scaler.update()
                opt.zero_grad(set_to_none=True)
                ema.update(net)
                ema2.update_parameters(net)
                sch.step()
                out += [loss.item() * accum, n.item(), opt.param_groups[0]["lr"]]
        swa.update_parameters(net)
    update_bn(loader, swa)
    swa.eval()
    ema2.eval()
    ema.ema.eval()
    out += [
        swa(x).sum().item(),
        ema.ema(x).sum().item(),
        ema2.module(x).abs().sum().item(),
        float(swa.n_averaged),
    ]
    warm = LambdaLR(
        torch.optim.Adam(net.parameters(), lr=1.0), lambda s: min(1, (s + 1) / 4) * 0.9**s
    )
    out += [warm.step() or warm.get_last_lr()[0] for _ in range(4)]
    o = torch.optim.SGD(net.parameters(), lr=1.0)
    c = ChainedScheduler([ExponentialLR(o, 0.9), CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2)])
    for _ in range(5):
        o.step()
        c.step()
        out.append(o.param_groups[0]["lr"])
    return out
