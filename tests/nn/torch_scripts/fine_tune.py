"""Fine-tune: weights from a file, frozen layers, a new head, groups with their own rates."""

import copy
import os
import tempfile

import torch
import torch.nn as nn
import torch.optim as optim
from torch.optim import lr_scheduler


class Block(nn.Module):
    def __init__(self, inplanes, planes, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(inplanes, planes, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or inplanes != planes:
            self.downsample = nn.Sequential(
                nn.Conv2d(inplanes, planes, kernel_size=1, stride=stride, bias=False),
                nn.BatchNorm2d(planes),
            )

    def forward(self, x):
        identity = x
        out = self.bn1(self.conv1(x))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class ResNet(nn.Module):
    def __init__(self, num_classes=10):
        super().__init__()
        self.layer1 = Block(1, 4)
        self.layer2 = Block(4, 6, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(6, num_classes)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(m, (nn.BatchNorm2d, nn.GroupNorm)):
                nn.init.constant_(m.weight, 1)
                nn.init.constant_(m.bias, 0)

    def forward(self, x):
        x = self.layer2(self.layer1(x))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def run():
    torch.manual_seed(6)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "resnet.pt")
        torch.save(ResNet().state_dict(), path)
        model_ft = ResNet()
        model_ft.load_state_dict(torch.load(path, weights_only=True))
        best = os.path.join(folder, "best_model_params.pt")
        for param in model_ft.layer1.parameters():
            param.requires_grad = False
        num_ftrs = model_ft.fc.in_features
        model_ft.fc = nn.Linear(num_ftrs, 2)
        optimizer_ft = optim.SGD(
            [{"params": model_ft.layer2.parameters()}, {"params": model_ft.fc.parameters(), "lr": 0.1}],
            lr=0.01,
            momentum=0.9,
        )
        exp_lr_scheduler = lr_scheduler.StepLR(optimizer_ft, step_size=1, gamma=0.5)
        criterion = nn.CrossEntropyLoss()
        inputs, labels = torch.randn(12, 1, 8, 8), torch.tensor([0, 1] * 6)
        losses = []
        for _ in range(3):
            for phase in ["train", "val"]:
                model_ft.train() if phase == "train" else model_ft.eval()
                optimizer_ft.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model_ft(inputs)
                    _, preds = torch.max(outputs, 1)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer_ft.step()
                losses += [loss.item() * inputs.size(0), torch.sum(preds == labels.data).double().item()]
            exp_lr_scheduler.step()
        best_wts = copy.deepcopy(model_ft.state_dict())
        torch.save({"model": best_wts, "optimizer": optimizer_ft.state_dict(), "epoch": 3}, best)
        checkpoint = torch.load(best, map_location="cpu")
        optimizer_ft.load_state_dict(checkpoint["optimizer"])
        model_ft.load_state_dict(checkpoint["model"])
        with torch.inference_mode():
            losses.append(model_ft(inputs).sum().item())
    assert all(p.grad is None for p in model_ft.layer1.parameters())
    return losses
