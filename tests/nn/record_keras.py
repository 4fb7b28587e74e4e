"""Record what Keras computes, for `test_keras_style.py` and `test_callbacks.py`.

Run by hand where Keras and PyTorch are: `KERAS_BACKEND=torch python tests/nn/record_keras.py`.
"""

import inspect
import json
import operator
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

LOSSES |= {
    "MeanAbsolutePercentageError": ("numbers", "others", {}),
    "MeanSquaredLogarithmicError": ("shares", "mixed", {}),
    "CosineSimilarity": ("numbers", "others", {}),
    "SquaredHinge": ("numbers", "bits", {}),
    "Hinge of signs": ("numbers", "signs", {}),
    "CategoricalHinge": ("numbers", "bits", {}),
    "BinaryFocalCrossentropy": ("shares", "bits", {"gamma": 1.5, "label_smoothing": 0.1}),
    "BinaryFocalCrossentropy of logits": (
        "numbers", "bits", {"apply_class_balancing": True, "alpha": 0.4, "from_logits": True}
    ),
    "CategoricalFocalCrossentropy": ("shares", "mixed", {"alpha": 0.4}),
    "CategoricalFocalCrossentropy of logits": (
        "numbers", "shares", {"gamma": 3.0, "from_logits": True, "label_smoothing": 0.2}
    ),
    "MeanSquaredError of images": ("images", "pictures", {}),
    "MeanSquaredError, sum": ("images", "pictures", {"reduction": "sum"}),
    "MeanAbsoluteError of a column": ("column", "weights", {}),
    "BinaryCrossentropy of a row": ("line", "columns", {"from_logits": True}),
}  # fmt: skip

LOSSES |= {
    "SparseCategoricalCrossentropy, ignored": ("shares", "classes", {"ignore_class": 1}),
    "Dice": ("shades", "masks", {}),
    "Dice, axis": ("shades", "masks", {"axis": (1, 2)}),
    "Tversky": ("shades", "masks", {"alpha": 0.3, "beta": 0.8}),
    "Circle": ("units", "pairs", {"gamma": 3.0, "margin": 0.3}),
    "CategoricalGeneralizedCrossEntropy": ("shares", "classes", {"q": 0.4}),
    "CTC": ("sequences", "words", {}),
    "MeanSquaredError, weighted": ("numbers", "others", {"reduction": "mean_with_sample_weight"}),
    "Huber, weighted": ("images", "pictures", {"reduction": "mean_with_sample_weight"}),
}

#: How losses are reduced, with weights and masks: the axes of one number for each step.
REDUCTIONS = [
    (reduction, shape, has_weights, has_mask)
    for reduction in ("sum_over_batch_size", "mean", "mean_with_sample_weight", "sum", "none", None)
    for shape in ((4,), (4, 1), (4, 2))
    for has_weights in (False, True)
    for has_mask in (False, True)
]

#: Metrics: the arrays for outputs and targets, and options.
METRICS = {
    "Accuracy": ("classes", "choices", {}),
    "BinaryAccuracy": ("shares", "bits", {}),
    "BinaryAccuracy, threshold": ("shares", "bits", {"threshold": 0.3}),
    "CategoricalAccuracy": ("numbers", "mixed", {}),
    "SparseCategoricalAccuracy": ("numbers", "classes", {}),
    "TopKCategoricalAccuracy": ("numbers", "mixed", {"k": 2}),
    "SparseTopKCategoricalAccuracy": ("numbers", "classes", {"k": 2}),
    "CosineSimilarity": ("numbers", "others", {}),
    "CosineSimilarity, axis": ("images", "pictures", {"axis": 1}),
    "MeanSquaredError": ("numbers", "others", {}),
    "MeanAbsoluteError": ("numbers", "others", {}),
    "MeanAbsolutePercentageError": ("numbers", "others", {}),
    "BinaryCrossentropy": ("shares", "bits", {}),
    "CategoricalCrossentropy": ("shares", "mixed", {}),
    "SparseCategoricalCrossentropy": ("shares", "classes", {}),
    "MeanSquaredLogarithmicError": ("shares", "mixed", {}),
    "Hinge": ("numbers", "bits", {}),
    "SquaredHinge": ("numbers", "bits", {}),
    "CategoricalHinge": ("numbers", "bits", {}),
    "KLDivergence": ("shares", "mixed", {}),
    "LogCoshError": ("numbers", "others", {}),
    "Poisson": ("shares", "others", {}),
    "F1Score": ("shares", "bits", {"average": "macro"}),
    "F1Score, micro": ("shares", "bits", {"average": "micro", "threshold": 0.3}),
    "FBetaScore": ("shares", "bits", {"average": "weighted", "beta": 2.0, "threshold": 0.2}),
    "R2Score": ("numbers", "others", {}),
    "R2Score, adjusted": (
        "numbers",
        "others",
        {"class_aggregation": "variance_weighted_average", "num_regressors": 1},
    ),
    "MeanIoU": ("choices", "classes", {"num_classes": 3, "dtype": "float64"}),
    "IoU": (
        "choices",
        "classes",
        {"num_classes": 3, "target_class_ids": [0, 1], "dtype": "float64"},
    ),
    "BinaryIoU": ("line", "signs_of_line", {"threshold": 0.1, "dtype": "float64"}),
    "Precision, largest": ("shares", "bits", {"top_k": 2}),
    "Recall, largest of a class": ("shares", "bits", {"top_k": 2, "class_id": 1}),
    "Precision, large": ("shares", "bits", {"top_k": 2, "thresholds": 0.4, "name": "large"}),
    "OneHotMeanIoU": ("shares", "mixed", {"num_classes": 3, "dtype": "float64"}),
}

#: Optimisers, with their defaults and with every option.
OPTIMIZERS = {
    "SGD": lambda o: o.SGD(),
    "SGD, momentum": lambda o: o.SGD(0.1, 0.9, weight_decay=0.1),
    "SGD, Nesterov": lambda o: o.SGD(0.1, momentum=0.8, nesterov=True, clipnorm=0.5),
    "SGD, schedule": lambda o: o.SGD(o.schedules.ExponentialDecay(0.1, 5, 0.5), momentum=0.9),
    "RMSprop": lambda o: o.RMSprop(),
    "RMSprop, all": lambda o: o.RMSprop(0.05, 0.8, 0.7, 1e-3, centered=True, clipvalue=0.2),
    "Adam": lambda o: o.Adam(),
    "Adam, all": lambda o: o.Adam(0.1, 0.8, 0.9, 1e-2, amsgrad=True, global_clipnorm=0.7),
    "AdamW": lambda o: o.AdamW(),
    "AdamW, all": lambda o: o.AdamW(0.1, 0.3, 0.8, 0.9, epsilon=1e-3),
    "Adamax": lambda o: o.Adamax(),
    "Adamax, all": lambda o: o.Adamax(0.1, 0.8, 0.9, 1e-2, weight_decay=0.1),
    "Nadam": lambda o: o.Nadam(),
    "Nadam, all": lambda o: o.Nadam(0.05, 0.8, 0.9, 1e-2, weight_decay=0.1),
    "Adagrad": lambda o: o.Adagrad(),
    "Adagrad, all": lambda o: o.Adagrad(0.1, 0.01, 1e-2),
    "Adadelta": lambda o: o.Adadelta(),
    "Adadelta, all": lambda o: o.Adadelta(0.5, 0.8, 1e-3),
    "Lamb": lambda o: o.Lamb(),
    "Lamb, all": lambda o: o.Lamb(0.1, 0.8, 0.9, 1e-3, weight_decay=0.1, clipnorm=0.5),
    "Ftrl": lambda o: o.Ftrl(),
    "Ftrl, all": lambda o: o.Ftrl(0.2, -0.4, 0.2, 0.05, 0.1, 0.02, 0.3, weight_decay=0.1),
    "Adafactor": lambda o: o.Adafactor(),
    "Adafactor, all": lambda o: o.Adafactor(0.25, -0.6, 1e-3, 1e-2, 0.5, False, weight_decay=0.125),
    "Muon": lambda o: o.Muon(),
    "Muon, all": lambda o: o.Muon(
        0.1,
        0.8,
        0.9,
        0.1,
        1e-3,
        0.2,
        muon_a=3.0,
        muon_b=-4.0,
        muon_c=1.5,
        adam_lr_ratio=0.5,
        momentum=0.8,
        ns_steps=3,
        nesterov=False,
        rms_rate=None,
        clipnorm=0.5,
    ),
    "Muon, excluded": lambda o: o.Muon(0.1, exclude_layers=["^b"], exclude_embeddings=False),
    "Lion": lambda o: o.Lion(),
    "Lion, all": lambda o: o.Lion(0.01, beta_1=0.8, beta_2=0.9, weight_decay=0.1),
}

#: Calls of `ops`, with the arrays by name.
OPS = PATH.with_name("keras_ops.txt").read_text(encoding="utf-8").splitlines()

#: The modules of Keras whose arguments are recorded, up to a number.
MODULES = """activations callbacks constraints initializers layers losses metrics models ops
    optimizers optimizers.schedules regularizers utils"""
ARGUMENTS = 12

SCHEDULES = {
    "ExponentialDecay": lambda s: s.ExponentialDecay(0.1, 7, 0.6),
    "ExponentialDecay, stairs": lambda s: s.ExponentialDecay(0.1, 7, 0.6, staircase=True),
    "InverseTimeDecay": lambda s: s.InverseTimeDecay(0.1, 7, 0.6, True),
    "PiecewiseConstantDecay": lambda s: s.PiecewiseConstantDecay([3, 10], [1.0, 0.5, 0.1]),
    "PolynomialDecay": lambda s: s.PolynomialDecay(0.1, 9, power=2.0),
    "PolynomialDecay, cycle": lambda s: s.PolynomialDecay(0.1, 9, 0.01, cycle=True),
    "CosineDecay": lambda s: s.CosineDecay(0.1, 20, alpha=0.1),
    "CosineDecay, warm-up": lambda s: s.CosineDecay(0.01, 15, warmup_target=0.1, warmup_steps=5),
    "CosineDecayRestarts": lambda s: s.CosineDecayRestarts(0.1, 4, m_mul=0.7, alpha=0.1),
    "CosineDecayRestarts, equal": lambda s: s.CosineDecayRestarts(0.1, 8, t_mul=1.0),
}

#: Options of `fit`, of a network with three classes.
FITS = {
    "plain": {},
    "split": {"validation_split": 0.27, "batch_size": 8},
    "class weights": {"class_weight": {0: 0.5, 1: 2.0, 2: 1.0}},
    "weights": {"sample_weight": "weights", "validation_split": 0.2},
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
        "choices": np.array([2, 1, 1, 0]),
        "signs": np.array([[-1, 1, 1], [1, -1, -1], [1, 1, 1], [-1, -1, 1]]),
        "images": random.normal(size=(4, 2, 3)),
        "pictures": random.normal(size=(4, 2, 3)),
        "column": random.normal(size=(4, 1)),
        "line": random.normal(size=4),
        "signs_of_line": np.array([1, 0, 1, 1]),
        "columns": np.array([[0], [1], [1], [0]]),
        "square": np.array([[2.0, 0.3, -0.2], [0.3, 1.5, 0.4], [-0.2, 0.4, 1.0]]),
        "units": shares / np.sqrt((shares**2).sum(axis=1, keepdims=True)),
        "shades": 1 / (1 + np.exp(-random.normal(size=(4, 2, 3)))),
        "masks": random.integers(0, 2, (4, 2, 3)),
        "pairs": np.array([0, 1, 0, 1]),
        "sequences": random.normal(size=(4, 5, 4)),
        "words": np.array([[1, 2, 0], [3, 3, 0], [1, 0, 0], [2, 1, 3]]),
        "ones": np.ones((4, 3)),
        "photos": random.normal(size=(1, 4, 5, 4)),
        "kernels": random.normal(size=(3, 2, 4, 4)),
        "wave": random.normal(size=20),
        "spectra": random.normal(size=(5, 5)),
    }


def network():
    """Return inputs, classes, weights of examples, and the first arrays of two dense layers."""
    random = np.random.default_rng(5)
    x = random.normal(size=(30, 4))
    layers = [random.normal(size=shape) for shape in ((4, 6), (6,), (6, 3), (3,))]
    return x, np.argmax(x[:, :3], axis=1), random.uniform(0, 2, 30), layers


def steps(optimizer, parameters, gradients_of):
    """Return the parameters after each of 12 steps; the gradients depend on them."""
    path = []
    for _ in range(12):
        optimizer.apply_gradients(list(zip(gradients_of(), parameters(), strict=True)))
        path.append(np.concatenate([numbers(p).ravel() for p in parameters()]).tolist())
    return path


def numbers(x):
    """Return an array of either library as NumPy's."""
    x = getattr(x, "value", x)
    x = x.detach() if hasattr(x, "detach") else x
    return np.array(getattr(x, "data", x) if not hasattr(x, "numpy") else x.numpy())


def start():
    """Return the first parameters for optimisers."""
    return [np.linspace(-1, 2, 6).reshape(2, 3), np.array([0.5, -3.0])]


def slopes(arrays):
    """Return the gradients of a function without symmetries."""
    return [a**3 / 5 - np.cos(k + 3 * a) for k, a in enumerate(arrays)]


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


def fits(keras):
    """Return what `fit`, `evaluate` and `predict` of a network return, for each of the options."""
    x, classes, weights, layers = network()
    found = {}
    for name, options in FITS.items():
        model = keras.Sequential([keras.layers.Dense(6, activation="tanh"), keras.layers.Dense(3)])
        model.build((None, 4))
        model.set_weights(layers)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(keras.optimizers.Adam(0.05), loss, metrics=["accuracy"])
        given = {k: weights if v == "weights" else v for k, v in options.items()}
        history = model.fit(x, classes, epochs=3, shuffle=False, verbose=0, **given)
        found[name] = {
            "history": history.history,
            "evaluate": model.evaluate(x, classes, verbose=0, return_dict=True),
            "weighted": model.evaluate(x, classes, sample_weight=weights, verbose=0)[0],
            "predict": model.predict(x[:2], verbose=0).tolist(),
        }
    return found


def arguments_of(function):
    """Return the names of the first arguments of a function or class, None of any number."""
    try:
        found = inspect.signature(function).parameters.values()
    except ValueError:
        return None
    if any(one.kind is one.VAR_POSITIONAL for one in found):
        return None
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [one.name for one in found if one.kind in places][:ARGUMENTS]


def signatures(keras):
    """Return the names of the arguments of what Keras' modules have."""
    found = {}
    for path in MODULES.split():
        module = operator.attrgetter(path)(keras)
        for name, one in vars(module).items():
            if callable(one) and not name.startswith("_"):
                names = arguments_of(one)
                found |= {f"{path}.{name}": " ".join(names)} if names else {}
    return found


def reductions(keras):
    """Return what a loss of each reduction makes of numbers, weights and a mask."""
    found = []
    for reduction, shape, has_weights, has_mask in REDUCTIONS:
        targets, outputs, weights, mask = (x[: shape[0]] for x in steps_of(shape))
        if has_mask:
            outputs = keras.ops.convert_to_tensor(outputs)
            keras.src.backend.set_keras_mask(outputs, keras.ops.convert_to_tensor(mask))
        loss = keras.losses.MeanSquaredError(reduction)
        result = loss(targets, outputs, sample_weight=weights if has_weights else None)
        found.append(keras.ops.convert_to_numpy(result).tolist())
    return found


def steps_of(shape):
    """Return targets, outputs, weights and a mask of one number for each step."""
    random = np.random.default_rng(3)
    targets, outputs = random.normal(size=(2, *shape, 3))
    return targets, outputs, random.uniform(0, 2, shape), random.uniform(size=shape) < 0.6


def recorded(keras):
    """Return what losses, metrics, optimisers and schedules compute."""
    given = arrays()
    found = {"losses": {}, "metrics": {}, "optimizers": {}, "schedules": {}, "ops": {}}
    for name, (outputs, targets, options) in LOSSES.items():
        loss = getattr(keras.losses, name.split()[0].strip(","))(**options)
        values = [loss(given[targets], given[outputs].astype("float64"), sample_weight=w)
                  for w in (None, *([given["weights"]] if given[outputs].ndim == 2 else []))]  # fmt: skip
        found["losses"][name] = [float(value) for value in values]
    for name, (outputs, targets, options) in METRICS.items():
        metric = getattr(keras.metrics, name.split(",")[0])(**options)
        metric.update_state(given[targets], given[outputs])
        first = float(metric.result())
        metric.update_state(given[targets], given[outputs], sample_weight=given["weights"])
        found["metrics"][name] = [metric.name, first, float(metric.result())]
    for name, build in OPTIMIZERS.items():
        variables = [keras.Variable(array, dtype="float64") for array in start()]
        found["optimizers"][name] = steps(
            build(keras.optimizers),
            lambda variables=variables: variables,
            lambda variables=variables: [
                keras.ops.convert_to_tensor(g) for g in slopes([numbers(v) for v in variables])
            ],
        )
    for call in OPS:
        space = {name: keras.ops.convert_to_tensor(array) for name, array in given.items()}
        result = keras.ops.convert_to_numpy(eval(call, {"ops": keras.ops, **space}))
        flat = [float(f"{x:.9g}") for x in np.asarray(result, float).ravel()]
        found["ops"][call] = np.reshape(flat, np.shape(result)).tolist()
    for name, build in SCHEDULES.items():
        schedule = build(keras.optimizers.schedules)
        found["schedules"][name] = [float(schedule(step)) for step in range(30)]
    return found


#: Metrics at many thresholds, and their options.
AREAS = [
    ("AUC", {"num_thresholds": n, "curve": curve, "summation_method": method, **labels})
    for n in (5, 200)
    for curve in ("ROC", "PR")
    for method in ("interpolation", "minoring", "majoring")
    for labels in (
        {},
        {"multi_label": True},
        {"multi_label": True, "label_weights": [0.2, 0.5, 1.5]},
        {"label_weights": [0.2, 0.5, 1.5]},
    )
] + [
    (name, {name.split("At")[1].lower(): value, "num_thresholds": n, "class_id": place})
    for name in ("PrecisionAtRecall", "RecallAtPrecision", "SensitivityAtSpecificity",
                 "SpecificityAtSensitivity")
    for value in (0.3, 0.75, 0.95)
    for n in (1, 7, 200)
    for place in (None, 1)
]  # fmt: skip


def areas(metrics):
    """Return what these metrics are of examples in two batches, with and without weights."""
    random = np.random.default_rng(5)
    bits = random.integers(0, 2, (30, 3))
    shares, weights = 0.3 * bits + 0.7 * random.random((30, 3)), random.random((30, 1))
    found = []
    for name, options in AREAS:
        for given in (None, weights if options.get("class_id") is None else weights[:, 0]):
            metric = getattr(metrics, name)(**options)
            for part in (slice(11), slice(11, None)):
                weight = None if given is None else given[part]
                if weight is not None and weight.ndim == 2 and "curve" not in options:
                    weight = weight * np.ones((1, 3))
                metric.update_state(bits[part], shares[part], sample_weight=weight)
            found.append(round(float(metric.result()), 7))
    return found


def main():
    import keras

    keras.config.set_floatx("float64")
    found = {**recorded(keras), "fits": fits(keras), "stops": [], "plateaus": []}
    found["signatures"], found["reductions"] = signatures(keras), reductions(keras)
    found["areas"] = areas(keras.metrics)
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
