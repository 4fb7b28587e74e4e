"""What `fit`, `evaluate` and `DataLoader` take, and what they refuse."""

import collections
import math
from functools import partial

import numpy as np
import pytest

import nn
from autograd import Tensor
from autograd.errors import DataError, NonFiniteError, OptionError, ShapeError

X = np.random.default_rng(0).normal(size=(6, 2))
T = X @ np.array([[1.0], [-2.0]])
Pair = collections.namedtuple("Pair", "inputs targets")


class Pairs:
    """A dataset as PyTorch's users write it, which returns a list for each example."""

    def __len__(self):
        return len(X)

    def __getitem__(self, place):
        return [X[place], T[place]]


class Reused:
    """Batches that can be read again and again, of some type."""

    def __init__(self, kind, *parts):
        self.kind, self.parts = kind, parts

    def __iter__(self):
        yield from (self.kind([p[i : i + 3] for p in self.parts]) for i in (0, 3))


def linear():
    return nn.Linear(2, 1, generator=np.random.default_rng(1))


def fit(data, **options):
    model = options.pop("model", None) or linear()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    options = {"loss": nn.mse, "epochs": 2, "progress": False, **options}
    loss, epochs = options.pop("loss"), options.pop("epochs")
    return nn.fit(model, data, loss, optimizer, epochs, **options)


PAIRS = {
    "loader": nn.DataLoader((X, T), batch_size=3),
    "loader of lists": nn.DataLoader(Pairs(), batch_size=3),
    "loader of examples": nn.DataLoader(list(zip(X, T, strict=True)), batch_size=3),
    "tuples": Reused(tuple, X, T),
    "lists": Reused(list, X, T),
    "named tuples": Reused(lambda parts: Pair(*parts), X, T),
    "a list of tuples": list(Reused(tuple, X, T)),
    "a tuple of lists": tuple(Reused(list, X, T)),
    "Tensors": Reused(lambda parts: [Tensor(p, requires_grad=False) for p in parts], X, T),
    "targets in lists": Reused(lambda parts: (parts[0], parts[1].tolist()), X, T),
}


@pytest.mark.parametrize("jit", [False, True])
@pytest.mark.parametrize("name", PAIRS)
def test_pairs_in_any_container_train_alike(name, jit):
    expected = fit(PAIRS["loader"])
    assert fit(PAIRS[name], jit=jit).rows == expected.rows
    model = linear()
    assert nn.evaluate(model, PAIRS[name], nn.mse, jit=jit) == pytest.approx(
        nn.evaluate(model, PAIRS["loader"], nn.mse)
    )


def test_a_generator_trains_one_epoch():
    assert fit(iter(list(Reused(list, X, T))), epochs=1).rows == fit(PAIRS["loader"]).rows[:1]
    with pytest.raises(OptionError, match="exhausted"):
        fit(iter(list(Reused(list, X, T))))


AMBIGUOUS = {
    "an array": X,
    "a Tensor": Tensor(X),
    "arrays, not batches": (X, T),
    "a list of arrays": [X, T],
    "lists of numbers": (X.tolist(), T.tolist()),
    "a loader of inputs": nn.DataLoader(X, batch_size=3),
    "one part": nn.DataLoader((X,), batch_size=3),
    "a dict of arrays": {"inputs": X, "targets": T},
    "a loader of dicts": nn.DataLoader({"inputs": X, "targets": T}, batch_size=3),
    "a number": 3,
    "a string": "data",
    "targets without examples": [(X, T[0, 0])],
    "an empty batch": [()],
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_data_without_targets_are_refused_before_a_step(name):
    model = linear()
    before = model.state_dict()
    with pytest.raises(DataError, match=r"DataLoader\(\(inputs, targets\)|first axis"):
        fit(AMBIGUOUS[name], model=model)
    with pytest.raises(DataError):
        nn.evaluate(model, AMBIGUOUS[name], nn.mse)
    for name, array in model.state_dict().items():
        np.testing.assert_array_equal(array, before[name])


@pytest.mark.parametrize("jit", [False, True])
def test_an_autoencoder_is_asked_for(jit):
    histories = []
    for data, options in (
        (nn.DataLoader(X, batch_size=3), {"targets": "inputs", "jit": jit}),
        (nn.DataLoader((X,), batch_size=3), {"targets": "inputs", "jit": jit}),
        (nn.DataLoader((X, X), batch_size=3), {}),
    ):
        model = nn.Linear(2, 2, generator=np.random.default_rng(1))
        histories.append(fit(data, model=model, **options).rows)
    assert histories[0] == histories[1] == histories[2]


def test_an_autoencoder_refuses_other_batches():
    for data in (PAIRS["loader"], X, [("a",)]):
        with pytest.raises(DataError, match="batch"):
            fit(data, targets="inputs")
    with pytest.raises(OptionError, match="targets='x'"):
        fit(PAIRS["loader"], targets="x")


def test_arguments_of_keras_are_refused():
    model = linear()
    optimizer = nn.optim.SGD(model.parameters())
    with pytest.raises(DataError, match=r"The loss must be.*DataLoader\(\(inputs, targets\)\)"):
        nn.fit(model, X, T, optimizer, 2)
    with pytest.raises(DataError, match="The loss must be a function"):
        nn.fit(model, PAIRS["loader"], "mse", optimizer, 2)
    with pytest.raises(DataError, match=r"nn.optim.Adam\(model.parameters\(\)\)"):
        nn.fit(model, PAIRS["loader"], nn.mse, "adam", 2)
    with pytest.raises(DataError, match=r"nn.Module"):
        nn.fit(np.tanh, PAIRS["loader"], nn.mse, optimizer, 2)
    with pytest.raises(ShapeError, match=r"shape \(3, 1\).*one number"):
        nn.evaluate(model, PAIRS["loader"], partial(nn.mse, reduction="none"))


# -- the loader -------------------------------------------------------------------------------


@pytest.mark.parametrize("shuffle", [False, True])
def test_examples_in_lists_are_stacked_like_tuples(shuffle):
    def batches(examples):
        generator = np.random.default_rng(0)
        return list(nn.DataLoader(examples, 4, shuffle, generator=generator))

    pairs = list(zip(X, T, strict=True))
    for lists, tuples in zip(batches(Pairs()), batches(pairs), strict=True):
        for part, other in zip(lists, tuples, strict=True):
            np.testing.assert_array_equal(part, other)


def test_parts_may_be_lists():
    names = list("abcdef")
    generator = np.random.default_rng(0)
    for x, found in nn.DataLoader((X, names), 4, shuffle=True, generator=generator):
        places = [int(np.flatnonzero((row == X).all(1))[0]) for row in x]
        assert [names[place] for place in places] == found


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([X, T], r"\(inputs, targets\).*np.stack"),
        ([X[0], X[1]], r"np.stack"),
        (((X[0], T[0]), (X[1], T[1])), "A sequence of examples must be a list"),
        ((X, 3), "not ndarray, int"),
    ],
)
def test_data_with_two_readings_are_refused(data, message):
    with pytest.raises(DataError, match=message):
        nn.DataLoader(data)


def test_lists_of_numbers_need_a_collate():
    with pytest.raises(DataError, match=r"np.array\(examples\)"):
        next(iter(nn.DataLoader(X.tolist())))
    assert next(iter(nn.DataLoader([X[0], X[1]], 2, collate=np.stack))).shape == (2, 2)


# -- accuracy ---------------------------------------------------------------------------------


def spread(shares):
    """Return logits of these probabilities."""
    return np.log(shares) + 3.0


@pytest.mark.parametrize("shape", [(), (4,), (4, 5), (4, 2, 3)])
@pytest.mark.parametrize("of", [lambda p: p, spread], ids=["probabilities", "logits"])
def test_accuracy_has_the_class_axis_of_cross_entropy(shape, of):
    random = np.random.default_rng(3)
    axis = 1 if shape else 0
    shares = random.dirichlet(np.ones(3), size=shape)  # classes last
    classes = random.integers(0, 3, size=shape)
    right = np.mean(shares.argmax(-1) == classes)
    outputs = np.moveaxis(of(shares), -1, axis)
    assert nn.accuracy(outputs, classes) == right
    assert nn.accuracy(Tensor(outputs), classes.tolist()) == right
    nn.cross_entropy(outputs, classes)  # takes the same shapes
    if not shape:
        return  # one number for each of three examples would have this shape
    one_hot = np.moveaxis(np.eye(3)[classes], -1, axis)
    nn.cross_entropy(outputs, one_hot)
    assert nn.accuracy(outputs, one_hot) == right
    assert nn.accuracy(outputs, 0.9 * one_hot + 0.1 / 3) == right


def test_accuracy_ignores_what_cross_entropy_ignores():
    outputs = np.array([[2.0, 1.0], [0.0, 3.0], [1.0, 0.0]])
    assert nn.accuracy(outputs, [0, -100, 1]) == 0.5
    assert nn.accuracy(outputs, [0, 7, 1], ignore_index=7) == 0.5
    assert math.isnan(nn.accuracy(outputs, [-100, -100, -100]))
    assert nn.accuracy(np.full((3, 2), np.nan), [0, 0, 0]) == 0.0


@pytest.mark.parametrize("shapes", [((4,), (4,)), ((4, 1), (4, 1)), ((4, 1), (4,))])
@pytest.mark.parametrize("signs", [False, True])
def test_accuracy_of_two_classes_by_one_output(shapes, signs):
    targets = np.array([1, 0, 1, 0]).reshape(shapes[1])
    targets = 2 * targets - 1 if signs else targets
    logits = np.array([0.5, -1.0, 2.0, 3.0]).reshape(shapes[0])
    assert nn.accuracy(logits, targets) == 0.75
    shares = 1 / (1 + np.exp(-logits))
    assert nn.accuracy(shares, targets, threshold=0.5) == 0.75
    assert nn.accuracy(np.full(shapes[0], np.nan), targets, threshold=0.5) == 0.0


@pytest.mark.parametrize(
    ("outputs", "targets", "error", "message"),
    [
        (np.array([0.2, 0.7]), [0, 1], OptionError, "threshold=0.5. for probabilities"),
        (np.array([2.0, -1.0]), [0, 2], DataError, r"0 and 1.*not \[0, 2\]"),
        (np.array([2.0, -1.0]), [0.5, 1], DataError, "0 and 1"),
        (np.array([2.0, -1.0]), [-1, 0], DataError, "0 and 1"),
        (np.zeros((3, 2)), [[1], [0], [1]], ShapeError, r"must have shape \(3,\)"),
        (np.zeros((3, 2)), [0, 1], ShapeError, r"targets have shape \(2,\)"),
        (np.zeros((3, 2)), [0, 1, 2], DataError, "from 0 to 1; these range from 0 to 2"),
        (np.zeros((3, 2)), [0, -1, 1], DataError, "from -1 to 1"),
        (np.zeros((3, 2)), [0, 0.5, 1], DataError, "integers"),
        (np.zeros((2, 2)), [[1, 1], [0, 1]], DataError, "decision of its own"),
        (np.zeros((2, 1)), [[1, 1]], ShapeError, r"reshape\(\(2, 1\)\)"),
        (np.float64(3.0), 1, ShapeError, "axis of classes"),
    ],
)
def test_accuracy_refuses_what_it_cannot_interpret(outputs, targets, error, message):
    with pytest.raises(error, match=message):
        nn.accuracy(outputs, targets)


@pytest.mark.parametrize(
    ("loss", "last", "classes"),
    [
        (nn.binary_cross_entropy, nn.Sigmoid(), (0, 1)),
        (nn.BCELoss(), nn.Sigmoid(), (0, 1)),
        (nn.binary_cross_entropy_with_logits, nn.Residual(), (0, 1)),
        (nn.BCEWithLogitsLoss(), nn.Residual(), (0, 1)),
        (nn.HingeLoss(), nn.Residual(), (-1, 1)),
    ],
    ids=lambda x: getattr(x, "__name__", str(x)),
)
def test_accuracy_in_fit_reads_outputs_as_the_loss(loss, last, classes):
    random = np.random.default_rng(0)
    x = random.normal(size=(40, 1))
    targets = np.where(x + random.normal(size=x.shape) > 0, classes[1], classes[0])
    layer = nn.Linear(1, 1)
    layer.weight.data[...], layer.bias.data[...] = 0.2, 0.3  # logits mostly from 0 to 1
    model = nn.Sequential(layer, nn.Sequential() if isinstance(last, nn.Residual) else last)
    data = nn.DataLoader((x, targets), batch_size=1)
    found = nn.evaluate(model, data, loss, metrics=[nn.accuracy])
    assert found["accuracy"] == np.mean((0.2 * x + 0.3 > 0) == (targets > 0))


def test_metrics_of_one_name_are_all_reported():
    found = nn.evaluate(linear(), PAIRS["loader"], nn.mse, [lambda y, t: 1.0, lambda y, t: 2.0])
    assert [found["<lambda>"], found["<lambda>_2"]] == [1.0, 2.0]


# -- directions -------------------------------------------------------------------------------


def classes(**options):
    model = nn.Linear(2, 2, generator=np.random.default_rng(1))
    data = nn.DataLoader((X, (X[:, 0] > 0).astype(int)), batch_size=3)
    options = {"metrics": [nn.accuracy], "validation": data, "epochs": 6, **options}
    return fit(data, model=model, loss=nn.cross_entropy, **options)


@pytest.mark.parametrize("monitor", ["accuracy", "val_accuracy"])
def test_early_stopping_knows_that_more_accuracy_is_better(monitor):
    for options in (
        {"monitor": monitor, "early_stopping": nn.EarlyStopping(9)},
        {"early_stopping": nn.EarlyStopping(9, monitor=monitor)},
    ):
        history = classes(**options)
        assert history.best == int(np.argmax(history[monitor])) + 1


def distance(outputs, targets):
    return np.abs(outputs).mean()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"early_stopping": nn.EarlyStopping(mode="min")}, "write mode='max'"),
        ({"early_stopping": nn.EarlyStopping(monitor="val_loss")}, "contradicts"),
        ({"metrics": [distance], "monitor": "distance"}, "Is a larger 'distance' better"),
    ],
)
def test_early_stopping_refuses_a_wrong_direction(options, message):
    options = {"monitor": "val_accuracy", "early_stopping": nn.EarlyStopping(), **options}
    with pytest.raises(OptionError, match=message):
        classes(**options)


def test_a_plateau_refuses_a_wrong_direction():
    model = linear()
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    schedule = nn.optim.ReduceLROnPlateau(optimizer, mode="max")
    with pytest.raises(OptionError, match="write mode='min'"):
        nn.fit(model, PAIRS["loader"], nn.mse, optimizer, 1, schedule=schedule, progress=False)


# -- NaN --------------------------------------------------------------------------------------


@pytest.mark.parametrize("jit", [False, True])
def test_a_nan_loss_raises_with_its_step_and_advice(jit):
    x = X.copy()
    x[4, 0] = np.nan
    with pytest.raises(NonFiniteError, match=r"epoch 1, step 2: the inputs .* np.nan_to_num"):
        fit(nn.DataLoader((x, T), batch_size=3), jit=jit)
    loss = lambda y, t: ((y - t) ** 2).mean() * np.where(y.data.sum() > 1e3, np.nan, 1.0)  # noqa: E731
    with pytest.raises(NonFiniteError, match=r"max_norm=1.0.*autograd.debug"):
        fit(nn.DataLoader((100 * X, T), batch_size=3), loss=loss, epochs=50, jit=jit)


@pytest.mark.parametrize("jit", [False, True])
def test_training_can_end_at_a_nan(jit):
    x = X.copy()
    x[4, 0] = np.nan
    data = nn.DataLoader((x, T), batch_size=3)
    history = fit(data, callbacks=[nn.TerminateOnNaN()], jit=jit)
    assert history.stopped == "in epoch 1, after step 2: the loss is NaN"
    assert len(history) == 0


def test_resuming_goes_on_after_a_callback_ended_training(tmp_path):
    def run(*callbacks, **options):
        nn.seed(0)
        options = {"checkpoint": tmp_path / "run.safetensors", **options}
        return fit(PAIRS["loader"], epochs=6, callbacks=callbacks, **options)

    whole = run(checkpoint=None)
    first = run(lambda model, history: len(history) == 2)
    assert first.stopped == "after epoch 2, by <lambda>"
    assert len(first) == 2
    resumed = run(resume=True)
    assert resumed.rows == whole.rows
    assert resumed.stopped == ""


def test_resuming_does_not_exceed_the_patience(tmp_path):
    def run(patience, **options):
        options = {"checkpoint": tmp_path / "run.safetensors", **options}
        stopping = nn.EarlyStopping(patience, min_delta=100.0)
        return fit(PAIRS["loader"], epochs=9, early_stopping=stopping, **options)

    assert len(run(2)) == 3
    ended = run(2, resume=True)
    assert len(ended) == 3
    assert "after epoch 3" in ended.stopped
    assert len(run(4, resume=True)) == 5
