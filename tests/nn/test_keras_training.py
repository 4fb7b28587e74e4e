"""Several outputs, constraints and masks in training, against what Keras measures."""

import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import nn.keras_style as keras
from autograd.errors import DataError, OptionError
from nn import optim

SPACE = runpy.run_path(str(Path(__file__).with_name("keras_training.py")))
X, NUMBERS, BITS, WORDS = (SPACE[name] for name in ("X", "NUMBERS", "BITS", "WORDS"))
two_outputs, tagger, constrained = (SPACE[n] for n in ("two_outputs", "tagger", "constrained"))

PATH = Path(__file__).parent / "data" / "keras_training.json"


@pytest.mark.filterwarnings("ignore:The layer (flatten|mixed)")
@pytest.mark.parametrize("program", SPACE["PROGRAMS"])
def test_programs_measure_what_keras_does(program):
    recorded = json.loads(PATH.read_text(encoding="utf-8"))[program.__name__]
    found = program(keras)
    assert sorted(found) == sorted(recorded)
    for name, rows in recorded.items():
        np.testing.assert_allclose(found[name], rows, rtol=2e-5, atol=1e-6, err_msg=name)


def test_metrics_and_evaluation_leave_masked_steps_out():
    model = tagger(keras)
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    targets = WORDS % 3
    outputs, counts = model.predict(WORDS), WORDS != 0
    picked = np.take_along_axis(outputs, targets[..., None], -1)[..., 0]
    loss, accuracy = model.evaluate(WORDS, targets)
    np.testing.assert_allclose(loss, -np.log(picked[counts]).mean(), rtol=1e-5)
    np.testing.assert_allclose(accuracy, (outputs.argmax(-1) == targets)[counts].mean())


def test_a_batch_of_several_outputs_returns_their_losses():
    model = two_outputs(keras)
    model.compile("sgd", ["mse", "binary_crossentropy"])
    total, *parts = model.train_on_batch(X, [NUMBERS, BITS])
    np.testing.assert_allclose(total, sum(parts), rtol=1e-6)


def mse_alone(model, data):
    model.compile("sgd", {"a": "mse", "b": "mse"})
    model.fit(X, data, verbose=0)


def with_optimizer(model, optimizer, **options):
    model.compile(optimizer, "mse", **options)
    model.fit(X, BITS, epochs=4, verbose=0)


@pytest.mark.parametrize(
    ("call", "error", "advice"),
    [
        (lambda: two_outputs(keras).compile("sgd", {"a": "mse"}), OptionError, "outputs b"),
        (lambda: two_outputs(keras).compile("sgd", {"c": "mse"}), OptionError, "has a, b"),
        (lambda: mse_alone(two_outputs(keras), [NUMBERS]), DataError, "list of 2 arrays"),
        (lambda: mse_alone(two_outputs(keras), {"a": NUMBERS}), DataError, "targets b are missing"),
        (
            lambda: two_outputs(keras).compile("sgd", ["mse", "mse"], metrics=["mae"]),
            OptionError,
            "list of 2 items",
        ),
        (lambda: keras.layers.Dense(1, depth_constraint="non_neg")(X), OptionError, "no weight"),
        (lambda: keras.constraints.get("maxnorm"), OptionError, "max_norm"),
    ],
)
def test_what_does_not_fit_several_outputs_raises(call, error, advice):
    with pytest.raises(error, match=advice):
        call()


def test_constraints_need_an_optimizer_that_applies_them():
    model = constrained(keras, "non_neg", None)
    with pytest.raises(OptionError, match=r"keras\.optimizers"):
        with_optimizer(model, optim.SGD(model.parameters(), lr=0.1))


def test_recorded_steps_apply_constraints():
    found = []
    for jit in (False, True):
        keras.utils.set_random_seed(0)
        model = constrained(keras, keras.constraints.MaxNorm(0.3), "non_neg")
        with_optimizer(model, "adam", jit_compile=jit)
        found.append(model.get_weights())
    for eager, recorded in zip(*found, strict=True):
        np.testing.assert_array_equal(eager, recorded)
    assert np.linalg.norm(found[0][0], axis=0).max() < 0.3001


class Tracked(keras.Model):
    def __init__(self):
        super().__init__()
        self.total = keras.metrics.Mean(name="total")
        self.dense = keras.layers.Dense(1)

    def call(self, x):
        return self.dense(x)


def test_metrics_of_a_model_are_known_before_it_is_compiled():
    model = Tracked()
    assert [metric.name for metric in model.metrics] == ["total"]
    model.compile(loss="mse")
    assert [metric.name for metric in model.metrics] == ["loss", "total"]
