"""Record the losses, metrics and callbacks of Keras, for `test_keras_style.py` and `test_callbacks.py`.

Run by hand where Keras is installed: `KERAS_BACKEND=numpy python tests/nn/record_keras.py`.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np

PATH = Path(__file__).with_name("data") / "keras.json"

#: Losses: the arrays for outputs and targets, and options.
LOSSES = {
    "MeanSquaredError": ("numbers", "others", {}),
    "MeanAbsoluteError": ("numbers", "others", {}),
    "Huber": ("numbers", "others", {"delta": 0.5}),
    "LogCosh": ("numbers", "others", {}),
    "Hinge": ("numbers", "bits", {}),
    "Poisson": ("shares", "others", {}),
    "KLDivergence": ("shares", "mixed", {}),
    "BinaryCrossentropy": ("shares", "bits", {"label_smoothing": 0.1}),
    "BinaryCrossentropy of logits": ("numbers", "bits", {"from_logits": True}),
    "CategoricalCrossentropy": ("shares", "mixed", {"label_smoothing": 0.2}),
    "CategoricalCrossentropy of logits": ("numbers", "shares", {"from_logits": True}),
    "SparseCategoricalCrossentropy": ("shares", "classes", {}),
    "SparseCategoricalCrossentropy of logits": ("numbers", "classes", {"from_logits": True}),
}

STOPS = [
    {"patience": 0},
    {"patience": 2, "min_delta": 0.1},
    {"patience": 3, "mode": "max"},
    {"patience": 2, "baseline": 0.5},
    {"patience": 1, "start_from_epoch": 3},
    {"monitor": "val_accuracy", "patience": 4},
]

PLATEAUS = [
    {"patience": 0},
    {"patience": 2, "factor": 0.5, "cooldown": 3},
    {"patience": 1, "min_lr": 0.01, "factor": 0.3, "min_delta": 0.2},
    {"patience": 2, "mode": "max", "factor": 0.5, "cooldown": 1},
]


def arrays():
    """Return inputs of losses."""
    random = np.random.default_rng(0)
    shares = random.dirichlet(np.ones(3), 4)
    shares[0] = 1.0, 0.0, 0.0
    return {
        "numbers": random.normal(size=(4, 3)),
        "others": random.normal(size=(4, 3)),
        "shares": shares,
        "mixed": random.dirichlet(np.ones(3), 4),
        "bits": np.array([[0, 1, 1], [1, 0, 0], [1, 1, 1], [0, 0, 1]]),
        "classes": np.array([2, 0, 1, 1]),
        "weights": np.array([0.5, 1.0, 2.0, 0.0]),
    }


def measurements():
    """Return a measurement of 30 epochs for each of three runs."""
    random = np.random.default_rng(1)
    falling = 1 / np.arange(1.0, 31) + 0.1 * random.normal(size=30)
    return [falling, 1 - falling, np.where(np.arange(30) % 7 == 5, np.nan, np.cos(np.arange(30)))]


def stopped(make, model, run, name):
    """Return after which epoch a callback stops a run, and the epoch of the best measurement."""
    callback = make()
    callback.set_model(model)
    callback.on_train_begin({})
    for epoch, number in enumerate(run):
        if callback.on_epoch_end(epoch, {name: float(number)}) is True or model.stop_training:
            return epoch, callback.best_epoch
    return -1, callback.best_epoch


def main():
    import keras

    given, found = arrays(), {"losses": {}, "stops": [], "plateaus": []}
    for name, (outputs, targets, options) in LOSSES.items():
        loss = getattr(keras.losses, name.split()[0])(**options)
        values = [loss(given[targets], given[outputs].astype("float64"), sample_weight=w)
                  for w in (None, given["weights"])]  # fmt: skip
        found["losses"][name] = [float(value) for value in values]
    for options in STOPS:
        for run in measurements():
            model = SimpleNamespace(stop_training=False, get_weights=list)
            name = options.get("monitor", "val_loss")
            made = lambda options=options: keras.callbacks.EarlyStopping(**options)  # noqa: E731
            if "monitor" in options:
                made = lambda o=options: keras.callbacks.EarlyStopping(**{**o, "mode": "max"})  # noqa: E731
            found["stops"].append(stopped(made, model, run, name))
    for options in PLATEAUS:
        for run in measurements():
            optimizer = SimpleNamespace(learning_rate=0.1)
            callback = keras.callbacks.ReduceLROnPlateau(**options)
            callback.set_model(SimpleNamespace(optimizer=optimizer))
            callback.on_train_begin({})
            rates = []
            for epoch, number in enumerate(run):
                callback.on_epoch_end(epoch, {"val_loss": float(number)})
                rates.append(float(optimizer.learning_rate))
            found["plateaus"].append(rates)
    PATH.write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main()
