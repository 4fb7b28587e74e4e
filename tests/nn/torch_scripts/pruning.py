"""Pruning, as in PyTorch's tutorial: by module, iteratively, globally, by a custom method."""

import torch
import torch.nn as nn
import torch.nn.functional as F
import torch.nn.utils.prune as prune


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3)
        self.fc1 = nn.Linear(4 * 3 * 3, 12)
        self.fc2 = nn.Linear(12, 3)
        self.scale = nn.Buffer(torch.full((1,), 0.5))
        self.count = nn.Buffer(torch.zeros(1), persistent=False)

    def forward(self, x):
        self.count += 1
        x = F.max_pool2d(F.relu(self.conv(x)), 2)
        x = x.view(-1, int(x.nelement() / x.shape[0]))
        return self.scale * self.fc2(F.relu(self.fc1(x)))


class EverySecond(prune.BasePruningMethod):
    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        mask = default_mask.clone()
        mask.view(-1)[::2] = 0
        return mask


def train(model, x, target, optimizer, losses):
    for _ in range(3):
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())


def run():
    torch.manual_seed(0)
    model = LeNet()
    x, target = torch.randn(6, 1, 8, 8), torch.tensor([0, 1, 2, 0, 1, 2])
    found = []
    prune.random_unstructured(model.conv, name="weight", amount=0.3)
    prune.l1_unstructured(model.conv, name="bias", amount=1)
    prune.ln_structured(model.conv, name="weight", amount=0.5, n=2, dim=0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    train(model, x, target, optimizer, found)
    found.append(model.conv.weight_mask.sum().item())
    for hook in model.conv._forward_pre_hooks.values():
        if hook._tensor_name == "weight":
            found.append(float(len(list(hook))))
    parameters = ((model.conv, "weight"), (model.fc1, "weight"), (model.fc2, "weight"))
    for _ in range(2):
        prune.global_unstructured(parameters, pruning_method=prune.L1Unstructured, amount=0.3)
    train(model, x, target, torch.optim.Adam(model.parameters(), lr=0.01), found)
    found += [float((module.weight == 0).sum()) for module, _ in parameters]
    EverySecond.apply(model.fc2, name="bias")
    prune.random_structured(model.fc1, name="weight", amount=0.25, dim=1)
    found += model.fc1.weight_mask[0].tolist() + model.fc2.bias.tolist()
    found.append(float(prune.is_pruned(model)))
    for module, name in parameters:
        prune.remove(module, name)
    names = " ".join([*model.state_dict(), *(name for name, _ in model.named_buffers())])
    found += [float(len(names)), float((model.conv.weight == 0).sum()), model.count.item()]
    train(model, x, target, torch.optim.SGD(model.parameters(), lr=0.1), found)
    return found
