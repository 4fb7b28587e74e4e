"""Keras' way to train: the numbers of a hand-written loop, and Keras' losses."""

import json
import operator
import re
import runpy
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
from autograd import Tensor, check_gradients
from autograd.errors import DataError, OptionError, ShapeError
from nn import keras_style as keras

RECORDER = runpy.run_path(str(Path(__file__).with_name("record_keras.py")))
RECORDED = json.loads(RECORDER["PATH"].read_text(encoding="utf-8"))

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(50, 3))
CLASSES = np.argmax(X, axis=1)


def network(end=None):
    nn.seed(3)
    layers = [nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 3)]
    return keras.Sequential(layers + ([end] if end else []))


def by_hand(weights=1.0, epochs=3, count=50, rate=0.05):
    """Train with a loop written by hand; return the losses of the epochs and the model."""
    model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 3))
    model.load_state_dict(network().state_dict())
    optimizer = nn.optim.Adam(model.parameters(), lr=rate, eps=1e-7)
    weights = np.ones(50) * weights
    losses = []
    for _ in range(epochs):
        total = 0.0
        for start in range(0, count, 16):
            part = slice(start, min(start + 16, count))
            each = nn.cross_entropy(model(X[part]), CLASSES[part], "none")
            loss = (each * weights[part]).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item() * (part.stop - part.start)
        losses.append(total / count)
    return losses, model


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("weighted", ["", "class", "sample", "both", "split"])
def test_fit_computes_what_a_loop_by_hand_does(weighted, jit):
    factors = {0: 0.5, 1: 2.0, 2: 1.0}
    weights = np.linspace(0, 2, 50)
    options, expected = {
        "": ({}, by_hand()),
        "class": ({"class_weight": factors}, by_hand(np.array([0.5, 2, 1])[CLASSES])),
        "sample": ({"sample_weight": weights}, by_hand(weights)),
        "both": (
            {"sample_weight": weights, "class_weight": factors},
            by_hand(weights * np.array([0.5, 2, 1])[CLASSES]),
        ),
        "split": ({"validation_split": 0.2}, by_hand(count=40)),
    }[weighted]
    model = network()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(
        nn.optim.Adam(model.parameters(), 0.05, eps=1e-7),
        loss,
        metrics=["accuracy"],
        jit_compile=jit,
    )
    history = model.fit(X, CLASSES, 16, 3, shuffle=False, verbose=0, **options)
    assert history.history["loss"] == pytest.approx(expected[0], rel=1e-12)
    trained = expected[1]
    for name, array in trained.state_dict().items():
        np.testing.assert_allclose(model.state_dict()[name], array, rtol=1e-12)
    outputs = trained(X).data
    np.testing.assert_allclose(model.predict(X, batch_size=7), outputs, rtol=1e-12)
    right = outputs.argmax(axis=1) == CLASSES
    whole = nn.cross_entropy(outputs, CLASSES)
    assert model.evaluate(X, CLASSES) == pytest.approx([whole, right.mean()])
    if weighted == "split":
        assert history.history["val_accuracy"][-1] == pytest.approx(right[40:].mean())
        assert history.epoch == [0, 1, 2]


@pytest.mark.parametrize("name", RECORDER["LOSSES"])
def test_losses_are_those_of_keras(name):
    outputs, targets, options = RECORDER["LOSSES"][name]
    given = RECORDER["arrays"]()
    loss = getattr(keras.losses, name.split()[0].strip(","))(**options)
    expected = RECORDED["losses"][name]
    weights = [None, given["weights"]][: len(expected)]
    for weight, number in zip(weights, expected, strict=True):
        found = loss(given[targets], Tensor(given[outputs]), sample_weight=weight)
        assert found.item() == pytest.approx(number, rel=1e-5)
    inside = 0.1 + 0.8 * given[outputs] if "shares" in outputs else given[outputs]
    check_gradients(lambda y: loss(given[targets], y), inside)
    if given[targets].dtype.kind == "f":
        check_gradients(lambda t: loss(t, inside), 0.1 + 0.8 * given[targets])


def test_numbers_are_reduced_as_by_keras():
    for row, expected in zip(RECORDER["REDUCTIONS"], RECORDED["reductions"], strict=True):
        reduction, shape, has_weights, has_mask = row
        targets, outputs, weights, mask = RECORDER["steps_of"](shape)
        loss = keras.losses.MeanSquaredError(reduction)
        options = {"sample_weight": weights} if has_weights else {}
        options |= {"mask": mask} if has_mask else {}
        found = loss(targets, Tensor(outputs), **options)
        np.testing.assert_allclose(found.data, expected, rtol=1e-5, err_msg=str(row))
        if has_weights:
            of_weights = lambda w, one=loss, t=targets, y=outputs, o=options: one(  # noqa: E731
                t, y, **{**o, "sample_weight": w}
            )
            check_gradients(of_weights, weights)


#: Values of options that are not the usual ones.
CHANGED = {
    "from_logits": True, "label_smoothing": 0.3, "axis": 0, "ignore_class": 1, "threshold": 0.2,
    "k": 1, "delta": 0.1, "alpha": 0.9, "beta": 0.9, "gamma": 5.0, "margin": 0.1, "q": 0.2,
    "apply_class_balancing": True, "remove_diagonal": False,
}  # fmt: skip


@pytest.mark.parametrize("module", ["losses", "metrics"])
def test_options_change_the_result_or_raise(module):
    given, table = RECORDER["arrays"](), RECORDER[module.upper()]
    unused = []
    for name, kind in vars(getattr(keras, module)).items():
        names = getattr(kind, "argument_names", ())
        if not names or name not in {key.split(",")[0] for key in table}:
            continue
        outputs, targets, options = next(v for k, v in table.items() if k.split(",")[0] == name)
        options = {} if module == "metrics" else {**options, "reduction": "none"}

        def result(changed, kind=kind, arrays=(given[targets], given[outputs])):
            made = kind(**changed)
            return np.asarray(made(*arrays)).tolist()

        for option in set(names) - {"reduction", "name", "dtype"}:
            needed = {"apply_class_balancing": option == "alpha"}  # for alpha to have an effect
            usual = {**options, **(needed if "apply_class_balancing" in names else {})}
            try:
                found = result({**usual, option: CHANGED[option]})
            except (OptionError, DataError):
                continue
            if found == result(usual):
                unused.append((name, option))
    assert not unused


#: What has other arguments than in Keras, and why.
OTHERS = {
    "layers.Conv3DTranspose": "the order of Conv2DTranspose",
    "layers.Convolution3DTranspose": "the order of Conv2DTranspose",
    "ops.arange": "NumPy's, by position the same",
}


def test_arguments_have_the_places_of_those_of_keras():
    wrong = []
    for path, names in RECORDED["signatures"].items():
        module, name = path.rsplit(".", 1)
        ours = getattr(operator.attrgetter(module)(keras), name, None)
        if ours is None or path in OTHERS or name in ("serialize", "deserialize"):
            continue
        found, expected = RECORDER["arguments_of"](ours), names.split()
        if found is None or found[: len(expected)] != expected[: len(found)]:
            wrong.append((path, names, found))
    assert not wrong


def test_metrics_at_many_thresholds_are_those_of_keras():
    found = RECORDER["areas"](keras.metrics)
    for number, expected in enumerate(RECORDED["areas"]):
        assert found[number] == pytest.approx(expected, abs=1e-6), RECORDER["AREAS"][number // 2]


def test_each_output_has_its_weight_in_metrics():
    random = np.random.default_rng(0)
    y, p, w = random.integers(0, 2, (6, 3)), random.random((6, 3)), random.random((6, 3))
    score = keras.metrics.R2Score(class_aggregation=None)
    for column, found in enumerate(score(y, p, sample_weight=w)):
        alone = keras.metrics.R2Score()
        assert found == pytest.approx(alone(y[:, column], p[:, column], w[:, column]))
    for kind, right in (("BinaryAccuracy", (p > 0.5) == y), ("Mean", p), ("Accuracy", y == y[0])):
        given = (p,) if kind == "Mean" else (y, p if kind == "BinaryAccuracy" else y[:1] + 0 * y)
        for weights in (w, w[:, 0], w[:, :1], 0.5):
            expected = np.broadcast_to(
                weights[:, None] if np.ndim(weights) == 1 else weights, (6, 3)
            )
            found = getattr(keras.metrics, kind)()(*given, sample_weight=weights)
            assert found == pytest.approx(np.average(right, weights=expected)), kind


@pytest.mark.parametrize("name", RECORDER["METRICS"])
def test_metrics_are_those_of_keras(name):
    outputs, targets, options = RECORDER["METRICS"][name]
    given = RECORDER["arrays"]()
    keras.utils.clear_session()  # names of metrics begin again
    metric = getattr(keras.metrics, name.split(",")[0])(**options)
    first = metric(given[targets], given[outputs])
    second = metric(given[targets], given[outputs], sample_weight=given["weights"])
    expected = RECORDED["metrics"][name]
    assert metric.name == expected[0]
    assert [first, second] == pytest.approx(expected[1:], rel=1e-5)
    metric.reset_state()
    assert metric.result() == 0.0
    metric(given[targets], given[outputs])  # weights of the examples may be a column
    column = metric(given[targets], given[outputs], sample_weight=given["weights"][:, None])
    assert column == pytest.approx(second)


@pytest.mark.parametrize("call", RECORDER["OPS"])
def test_calls_of_ops_are_those_of_keras(call):
    given = RECORDER["arrays"]()
    with np.errstate(divide="ignore"):
        found = eval(call, {"ops": keras.ops, **given})
    np.testing.assert_allclose(found, RECORDED["ops"][call], rtol=1e-5, atol=1e-7)
    if getattr(found, "dtype", np.dtype(bool)).kind != "f" or "bits)" in call:
        return  # no floats, or not finite
    names = [n for n in given if given[n].dtype.kind == "f" and re.search(rf"\b{n}\b", call)]
    for name in names:  # each by itself, beside plain arrays

        def of_one(x, name=name):
            return eval(call, {"ops": keras.ops, **given, name: x})

        assert isinstance(of_one(Tensor(given[name])), Tensor)
        check_gradients(of_one, given[name])


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("name", RECORDER["OPTIMIZERS"])
def test_steps_are_those_of_the_optimisers_of_keras(name, jit):
    parameters = [nn.Parameter(array) for array in RECORDER["start"]()]
    optimizer = RECORDER["OPTIMIZERS"][name](keras.optimizers)
    optimizer.build(parameters)
    slopes = RECORDER["slopes"]

    def step():
        gradients = slopes([p.data for p in parameters])
        optimizer.apply_gradients(zip(gradients, parameters, strict=True))

    step = autograd.jit(step) if jit else step
    for count, expected in enumerate(RECORDED["optimizers"][name]):
        assert optimizer.iterations == count
        step()
        found = np.concatenate([p.data.ravel() for p in parameters])
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("name", RECORDER["SCHEDULES"])
def test_schedules_are_those_of_keras(name):
    schedule = RECORDER["SCHEDULES"][name](keras.optimizers.schedules)
    found = [schedule(step) for step in range(30)]
    assert found == pytest.approx(RECORDED["schedules"][name], rel=1e-5, abs=1e-8)


@pytest.mark.parametrize("name", RECORDER["FITS"])
def test_fit_and_evaluate_return_what_those_of_keras_do(name):
    x, classes, weights, (a, b, c, d) = RECORDER["network"]()
    model = keras.Sequential([nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3)])
    model.set_weights([a.T, b, c.T, d])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.05), loss, metrics=["accuracy"])
    options = {k: weights if v == "weights" else v for k, v in RECORDER["FITS"][name].items()}
    history = model.fit(x, classes, epochs=3, shuffle=False, verbose=0, **options).history
    expected = RECORDED["fits"][name]
    assert history.pop("lr") == [0.05] * 3
    assert history.keys() == expected["history"].keys()
    for key, numbers in history.items():
        assert numbers == pytest.approx(expected["history"][key], rel=1e-5)
    assert model.evaluate(x, classes, return_dict=True) == pytest.approx(expected["evaluate"])
    weighted = model.evaluate(x, classes, sample_weight=weights)[0]
    assert weighted == pytest.approx(expected["weighted"], rel=1e-5)
    np.testing.assert_allclose(model.predict(x[:2]), expected["predict"], rtol=1e-5)


@pytest.mark.parametrize("name", keras.losses.FUNCTIONS)
def test_losses_of_integers_are_those_of_floats(name):
    loss = keras.losses.get(name)
    targets, outputs = np.array([[0, 1], [1, 0]]), np.array([[1, 0], [1, 0]])
    of_classes = "sparse" in name or "generalized" in name or name == "circle"
    targets = targets[:, 0] if of_classes else targets
    outputs = np.stack([outputs, outputs]) if name == "ctc" else outputs
    expected = loss(targets.astype(int if of_classes else float), outputs.astype(float))
    for kind in (np.uint8, np.int64, bool):
        assert loss(targets.astype(np.uint8), outputs.astype(kind)) == expected


def test_strings_name_losses_metrics_and_optimisers():
    for optimizer in keras.optimizers.NAMED:
        for loss in ("mse", "MAE", "MeanSquaredError", "log_cosh"):
            model = keras.Model(nn.Linear(3, 1))
            model.compile(optimizer, loss, metrics=["mse", "MAE", "acc"])
            history = model.fit(X, X[:, 0], epochs=1, verbose=0)
            assert list(history.history) == ["lr", "loss", "mse", "MAE", "acc"]


def test_an_optimiser_has_a_rate_that_can_be_set():
    optimizer = keras.optimizers.Adam(0.25)
    model = network()
    model.compile(optimizer, "mse", metrics="mae")
    optimizer.learning_rate = 0.5
    assert model.optimizer.param_groups[0]["lr"] == optimizer.learning_rate == 0.5
    scheduled = keras.optimizers.SGD(keras.optimizers.schedules.InverseTimeDecay(1.0, 1, 1.0))
    assert scheduled.learning_rate == 1.0
    weight = nn.Parameter([1.0])
    scheduled.apply_gradients([(np.ones(1), weight)])
    assert scheduled.learning_rate == 0.5  # that of the next step
    with pytest.raises(OptionError, match="A schedule sets"):
        scheduled.learning_rate = 0.5
    with pytest.raises(OptionError, match="another model"):
        network().compile(optimizer, "mse")
    state = optimizer.state_dict()
    state["param_groups"][0]["iterations"] = 7
    optimizer.load_state_dict(state)
    assert optimizer.iterations == 7


def test_accuracy_is_chosen_by_the_shapes():
    outputs = np.array([[0.1, 0.9], [0.8, 0.2]])
    accuracy = keras.metrics.get("accuracy")
    for targets, share in ([1, 1], 0.5), ([[1], [0]], 1.0), ([[0, 1], [0, 1]], 0.5):
        accuracy.reset_state()
        assert accuracy(np.array(targets), outputs) == share
    accuracy.reset_state()
    assert accuracy(np.array([0, 1]), outputs[:, :1]) == 1.0
    with pytest.raises(DataError, match="class indices"):
        accuracy(np.zeros((2, 3)), outputs)


def test_several_inputs_and_validation_with_weights():
    class Sum(keras.Model):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter([0.5])

        def call(self, a, b):
            return (a + b) * self.scale

    model = Sum()
    model.compile(nn.optim.SGD(model.parameters(), lr=0.0), "mse")
    a, b, y = X[:, :1], X[:, 1:2], X[:, 2:]
    weights = np.linspace(0, 1, 50)
    history = model.fit([a, b], y, validation_data=([a, b], y, weights), verbose=0)
    error = ((a + b) / 2 - y)[:, 0] ** 2
    assert history["val_loss"][-1] == pytest.approx((weights * error).mean())
    assert model.evaluate([a, b], y, sample_weight=weights) == pytest.approx(
        (weights * error).mean()
    )
    assert model.predict([a, b]).shape == (50, 1)


def test_weights_are_saved_and_the_summary_is_printed(tmp_path, capsys):
    model, other = network(), keras.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 3))
    model.save_weights(tmp_path / "w.safetensors")
    other.load_weights(tmp_path / "w.safetensors")
    assert (other.predict(X) == model.predict(X)).all()
    model.summary()
    assert capsys.readouterr().out.endswith("params: 0 (0.00 B)\n")
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, CLASSES, verbose=2)
    assert capsys.readouterr().out.startswith("Epoch 1 - lr: 0.01 - loss: ")


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (lambda m: m.fit(X, CLASSES), OptionError, "Compile the model first"),
        (lambda m: (m.compile("adam"), m.fit(X, CLASSES)), OptionError, "loss="),
        (lambda m: m.compile("adams", "mse"), OptionError, "no optimizer 'adams'"),
        (lambda m: m.compile("adam", "msee"), OptionError, "no loss 'msee'"),
        (lambda m: m.compile("adam", "mse", metrics=["acuracy"]), OptionError, "no metric"),
        (lambda m: keras.losses.Huber(from_logits=True), OptionError, "no probabilities"),
        (lambda m: keras.losses.Huber(reduction="all"), OptionError, "reduction='all'"),
        (lambda m: keras.losses.Huber(1.0, smoothing=2), OptionError, "no option 'smoothing'"),
        (lambda m: m.compile("adam", lambda a, b: a - b), OptionError, "targets first"),
        (lambda m: m.compile("adam", "mse", metrics=[np.dot]), OptionError, "targets first"),
        (lambda m: m.compile("adam", "mse", [0.5]), OptionError, "loss_weights"),
        (lambda m: m.compile(nn.optim.Adam, "mse"), OptionError, "must be a name"),
        (lambda m: keras.optimizers.Adam(gradient_accumulation_steps=2), OptionError, "acc"),
        (lambda m: keras.optimizers.Adam(clipnorm=1, clipvalue=1), OptionError, "not several"),
        (lambda m: m.predict({"a": X}), DataError, "list of arrays"),
        (lambda m: m.predict(X, batch_size=0), OptionError, "batch_size=0"),
        (lambda m: keras.Model().predict(X), OptionError, "neither forward nor call"),
    ],
)
def test_wrong_settings_of_a_model_raise(call, error, match):
    with pytest.raises(error, match=match):
        call(network())


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"y": CLASSES[:9]}, ShapeError, r"y has shape \(9,\)"),
        ({"validation_split": 1.0}, OptionError, "between 0 and 1"),
        ({"sample_weight": np.ones((50, 2))}, DataError, "each of its steps"),
        ({"y": np.eye(3)[CLASSES]}, DataError, "categorical_crossentropy"),
    ],
)
def test_wrong_data_of_fit_raise(options, error, match):
    model = network(nn.Softmax())
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(error, match=match):
        model.fit(**{"x": X, "y": CLASSES, "verbose": 0, **options})


def test_logits_where_probabilities_belong_raise():
    model = network()
    model.compile("adam", "sparse_categorical_crossentropy")
    with pytest.raises(DataError, match="from_logits=True"):
        model.fit(X * 5, CLASSES, verbose=0)
    model.compile("adam", nn.cross_entropy)
    with pytest.raises(DataError, match="one number for each"):
        model.fit(X, CLASSES, verbose=0, sample_weight=np.ones(50))


def test_call_receives_training():
    class Seen(keras.Model):
        def __init__(self):
            super().__init__(name="seen")
            self.layer, self.modes = nn.Linear(2, 1), []

        def call(self, x, training=False):
            self.modes.append(training)
            return self.layer(x)

    model = Seen()
    model.compile("sgd", "mse")
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)
    model.predict(np.ones((1, 2)))
    assert model.modes == [True, False]
    assert model.layers == [model.layer]


def test_losses_of_truth_and_prediction_get_them_by_name():
    def keras_loss(y_true, y_pred):
        return np.mean((y_true - 2 * y_pred) ** 2)

    def own_loss(outputs, targets):
        return keras_loss(targets, outputs)

    rows = []
    for loss in (keras_loss, own_loss):
        nn.seed(0)
        model = keras.Sequential([nn.Linear(2, 1)])
        model.compile("sgd", loss, metrics=[loss])
        x = np.arange(8.0).reshape(4, 2)
        rows.append(list(model.fit(x, x[:, :1], epochs=2, verbose=0).rows[-1].values()))
    assert rows[0] == rows[1]


def test_weights_and_single_batches():
    model = keras.models.Sequential()
    for layer in (nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1)):
        model.add(layer)
    model.compile("sgd", "mse")
    weights, x = model.get_weights(), np.ones((4, 2))
    first = model.train_on_batch(x, x[:, :1])
    assert model.train_on_batch(x, x[:, :1]) < first
    model.set_weights(weights)
    assert model.train_on_batch(x, x[:, :1]) == first
    assert len(model.trainable_variables) == 4


def test_metrics_refuse_other_shapes_and_count_nan_as_wrong():
    with pytest.raises(ShapeError, match="the same"):
        keras.metrics.binary_accuracy(np.zeros((2, 3)), np.zeros((3, 2)))
    found = keras.metrics.accuracy(np.array([0, 1]), np.array([[np.nan, 0.1], [0.2, 0.8]]))
    assert found.tolist() == [0, 1]


def own_steps_in_jit():
    class Own(keras.Sequential):
        def train_step(self, data):
            return {"loss": 0.0}

    model = Own([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse", jit_compile=True)
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)


@pytest.mark.parametrize(
    ("call", "error", "advice"),
    [
        (lambda: keras.layers.HashedCrossing(3), AttributeError, "and Hashing"),
        (lambda: exec("from nn.keras_style.layers import JaxLayer"), ImportError, "derive a class"),
        (lambda: keras.GradientTape(), AttributeError, r"loss\.backward"),
        (lambda: keras.Model(inputs=1, outputs=2), OptionError, "defines call"),
        (lambda: keras.Model(nn.Linear(2, 3)).save("m"), OptionError, "save_weights"),
        (lambda: keras.metrics.PearsonCorrelation(), AttributeError, "y_true and y_pred"),
        (lambda: keras.Sequential([]).fit(validation_freq=3), OptionError, "callback"),
        (
            own_steps_in_jit,
            OptionError,
            "jit_compile=False",
        ),
    ],
)
def test_what_keras_has_and_this_lacks_says_what_to_write(call, error, advice):
    with pytest.raises(error, match=advice):
        call()
