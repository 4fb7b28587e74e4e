"""Columns of numbers and categories: embeddings, folds, one cycle of rates, early stopping."""

import os
import tempfile

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.nn.modules.loss import _WeightedLoss
from torch.optim.lr_scheduler import OneCycleLR
from torch.utils.data import DataLoader, Dataset


class Rows(Dataset):
    def __init__(self, numbers, categories, targets):
        self.numbers, self.categories, self.targets = numbers, categories, targets

    def __len__(self):
        return len(self.numbers)

    def __getitem__(self, index):
        return {
            "x": torch.tensor(self.numbers[index], dtype=torch.float),
            "c": torch.tensor(self.categories[index], dtype=torch.long),
            "y": torch.tensor(self.targets[index], dtype=torch.float),
        }


class SmoothBCE(_WeightedLoss):
    def __init__(self, weight=None, reduction="mean", smoothing=0.01):
        super().__init__(weight=weight, reduction=reduction)
        self.smoothing = smoothing

    def forward(self, outputs, targets):
        targets = targets * (1 - self.smoothing) + 0.5 * self.smoothing
        loss = F.binary_cross_entropy_with_logits(outputs, targets, self.weight, reduction="none")
        return loss.mean() if self.reduction == "mean" else loss.sum()


class Network(nn.Module):
    def __init__(self, sizes, numbers, hidden, targets):
        super().__init__()
        self.embeddings = nn.ModuleList([nn.Embedding(count, size) for count, size in sizes])
        width = numbers + sum(embedding.embedding_dim for embedding in self.embeddings)
        self.norm = nn.BatchNorm1d(width)
        self.first = nn.utils.weight_norm(nn.Linear(width, hidden))
        self.last = nn.utils.weight_norm(nn.Linear(hidden, targets))

    def forward(self, x, c):
        columns = [embed(c[:, i]) for i, embed in enumerate(self.embeddings)]
        x = self.norm(torch.cat([x, *columns], 1))
        return self.last(F.leaky_relu(self.first(x), 1e-3))


def run():
    torch.manual_seed(42)
    rng = np.random.RandomState(0)
    numbers, categories = rng.normal(size=(40, 5)), rng.randint(0, 4, (40, 2))
    targets = (numbers[:, :3] + 0.3 * rng.normal(size=(40, 3)) > 0).astype(int)
    folds, out_of_fold, losses = np.arange(40) % 2, np.zeros((40, 3)), []
    path = os.path.join(tempfile.mkdtemp(), "best.pth")
    for fold in range(2):
        rows, held_out = np.where(folds != fold)[0], np.where(folds == fold)[0]
        data = [Rows(numbers[i], categories[i], targets[i]) for i in (rows, held_out)]
        loader = DataLoader(data[0], batch_size=8, shuffle=True, num_workers=0, drop_last=True)
        model = Network([(4, 2), (4, 3)], 5, 8, 3)
        optimizer = torch.optim.Adam(model.parameters(), lr=1e-2, weight_decay=1e-5)
        scheduler = OneCycleLR(optimizer, 2e-2, epochs=3, steps_per_epoch=len(loader), pct_start=0.2)
        best, train_loss = np.inf, SmoothBCE()
        for epoch in range(3):
            model.train()
            for batch in loader:
                optimizer.zero_grad()
                loss = train_loss(model(batch["x"], batch["c"]), batch["y"])
                loss.backward()
                optimizer.step()
                scheduler.step()
            model.eval()
            with torch.no_grad():
                batch = next(iter(DataLoader(data[1], batch_size=len(data[1]))))
                outputs = model(batch["x"], batch["c"])
            score = nn.BCEWithLogitsLoss()(outputs, batch["y"]).item()
            losses += [loss.item(), score]
            if score < best:
                best = score
                torch.save(model.state_dict(), path)
        model.load_state_dict(torch.load(path))
        x, c = torch.tensor(numbers[held_out], dtype=torch.float), torch.from_numpy(categories[held_out])
        out_of_fold[held_out] = model(x, c).sigmoid().detach().numpy()
    return losses + [float(np.abs(out_of_fold - targets).mean())]
