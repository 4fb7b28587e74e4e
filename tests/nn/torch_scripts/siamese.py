"""Pairs of images through one network: batch norms, features joined, a binary loss."""

import torch
import torch.nn as nn
import torch.optim as optim
from torch.utils.data import DataLoader, Dataset


class Pairs(Dataset):
    def __init__(self, images, classes):
        self.images, self.classes = images, classes

    def __len__(self):
        return len(self.images) - 1

    def __getitem__(self, index):
        same = self.classes[index] == self.classes[index + 1]
        return self.images[index], self.images[index + 1], torch.tensor(float(same))


class SiameseNetwork(nn.Module):
    def __init__(self):
        super(SiameseNetwork, self).__init__()
        self.backbone = nn.Sequential(
            nn.Conv2d(1, 4, kernel_size=3, padding=1),
            nn.BatchNorm2d(4),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(kernel_size=2, stride=2),
        )
        self.fc = nn.Sequential(nn.Linear(128, 8), nn.ReLU(inplace=True), nn.Linear(8, 1))
        self.sigmoid = nn.Sigmoid()
        self.fc.apply(self.init_weights)

    def init_weights(self, m):
        if isinstance(m, nn.Linear):
            torch.nn.init.xavier_uniform_(m.weight)
            m.bias.data.fill_(0.01)

    def forward_once(self, x):
        output = self.backbone(x)
        return output.view(output.size()[0], -1)

    def forward(self, input1, input2):
        output = torch.cat((self.forward_once(input1), self.forward_once(input2)), 1)
        return self.sigmoid(self.fc(output))


def run():
    torch.manual_seed(5)
    images = torch.randn(17, 1, 8, 8)
    classes = torch.randint(0, 3, (17,)).tolist()
    loader = DataLoader(Pairs(images, classes), batch_size=4, shuffle=False, num_workers=0)
    model = SiameseNetwork()
    optimizer = optim.Adagrad(model.parameters(), lr=0.05, weight_decay=1e-3)
    criterion = nn.BCELoss()
    losses = []
    model.train()
    for images_1, images_2, targets in loader:
        optimizer.zero_grad()
        outputs = model(images_1, images_2).squeeze()
        loss = criterion(outputs, targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        outputs = model(images[:-1], images[1:]).squeeze()
        pred = torch.where(outputs > 0.5, 1, 0)
        targets = torch.tensor([a == b for a, b in zip(classes, classes[1:])])
        correct = pred.eq(targets.view_as(pred)).sum().item()
    return [*losses, outputs.mean().item(), correct]
