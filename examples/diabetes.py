"""Predict the progress of diabetes in 442 patients: a straight line, and a network."""

import numpy as np
from sklearn.datasets import load_diabetes

import nn

nn.seed(0)
measurements, progress = load_diabetes(return_X_y=True)
x, test_x, y, test_y = nn.train_test_split(measurements, progress, test_size=0.2)
centre, spread = y.mean(), y.std()
scale = x.std(axis=0)


def loader(inputs, targets, **options):
    return nn.DataLoader((inputs / scale, (targets[:, None] - centre) / spread), **options)


def r2(model):
    """Return R² of a model on the held-out fifth."""
    errors = model(test_x / scale).data[:, 0] * spread + centre - test_y
    return 1 - np.mean(errors**2) / np.var(test_y)


line = nn.Linear(10, 1)
nn.fit(line, loader(x, y, batch_size=len(x)), nn.mse, nn.optim.LBFGS(line.parameters()), 5)

model = nn.Sequential(nn.Linear(10, 32), nn.Tanh(), nn.Dropout(0.2), nn.Linear(32, 1))
optimizer = nn.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.1)
fit_x, held_x, fit_y, held_y = nn.train_test_split(x, y, test_size=0.2)
history = nn.fit(
    model,
    loader(fit_x, fit_y, batch_size=32, shuffle=True),
    nn.huber,
    optimizer,
    200,
    validation=loader(held_x, held_y, batch_size=100),
    early_stopping=nn.EarlyStopping(patience=20),
)
print(f"straight line: R² {r2(line):.3f}\nnetwork:       R² {r2(model):.3f}, {history.stopped}")
