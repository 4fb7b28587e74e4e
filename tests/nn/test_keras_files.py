"""Models of Keras as dicts, texts and files, and copies of them."""

import functools
import inspect
import json
import runpy
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd.errors import OptionError, WeightsError
from nn import keras_style as keras
from nn.keras_style.configured import BUILT_IN

layers = keras.layers
RECORDER = runpy.run_path(str(Path(__file__).with_name("record_keras_layers.py")))
X = np.random.default_rng(0).normal(size=(12, 4)).astype(np.float32)
Y = X[:, :1] - X[:, 1:2]

#: Objects whose options are not all the usual ones.
OTHERS = {
    "Dense": lambda k: k.layers.Dense(
        2, kernel_initializer=k.initializers.RandomNormal(stddev=0.5, seed=1),
        kernel_regularizer=k.regularizers.L1L2(0.1, 0.2), bias_constraint="non_neg",
        activity_regularizer="l2", trainable=False, name="own",
    ),
    "Lambda": lambda k: k.layers.Lambda(np.clip, arguments={"a_min": -1, "a_max": 1}),
    "Normalization": lambda k: k.layers.Normalization(mean=[1.0], variance=[2.0]),
    "Dropout": lambda k: k.layers.Dropout(0.5, noise_shape=(None, 1)),
    "GaussianNoise": lambda k: k.layers.GaussianNoise(0.5, seed=3),
    "MultiHeadAttention": lambda k: k.layers.MultiHeadAttention(2, 3, output_shape=4),
    "SeparableConv1D": lambda k: k.layers.SeparableConv1D(2, 3, depthwise_regularizer="l2"),
    "Reshape": lambda k: k.layers.Reshape((2, -1)),
    "Masking": lambda k: k.layers.Masking(3.0),
    "Huber": lambda k: k.losses.Huber(0.5, name="close"),
    "BinaryCrossentropy": lambda k: k.losses.BinaryCrossentropy(from_logits=True),
    "AUC": lambda k: k.metrics.AUC(curve="PR"),
    "TopKCategoricalAccuracy": lambda k: k.metrics.TopKCategoricalAccuracy(k=3, name="three"),
    "AdamW": lambda k: k.optimizers.AdamW(k.optimizers.schedules.CosineDecay(0.1, 9), clipnorm=1),
    "PiecewiseConstantDecay": lambda k: k.optimizers.schedules.PiecewiseConstantDecay([3], [1, 2]),
}  # fmt: skip


class Scale(layers.Layer):
    """A layer that describes itself, and one inside it."""

    def __init__(self, factor, inner=None, **options):
        super().__init__(**options)
        self.factor, self.inner = factor, inner or layers.Dense(3)

    def call(self, inputs):
        return self.factor * self.inner(inputs)

    def get_config(self):
        inner = keras.saving.serialize_keras_object(self.inner)
        return {**super().get_config(), "factor": self.factor, "inner": inner}


class Network(keras.Model):
    """A model without get_config, with an argument."""

    def __init__(self, width):
        super().__init__()
        self.first, self.drop = Scale(width), layers.Dropout(0.25)
        self.last = layers.Dense(1)

    def call(self, inputs, training=False):
        return self.last(self.drop(self.first(inputs), training=training))


def distance(y_true, y_pred):
    """Return a custom loss."""
    return np.mean(np.square(y_true - y_pred), axis=-1)


def shared():
    """Return a model with two inputs and outputs, a function, and a layer in two places."""
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    tower = layers.Dense(3, "tanh", name="tower")
    encoder = keras.Model(a, tower(a), name="encoder")
    both = layers.concatenate([tower(a), encoder(b)])[:, 1:] * 2 + np.abs(b[:, :1])
    return keras.Model([a, b], {"sum": layers.Dense(1, name="sum")(both), "both": both})


def compiled(model):
    """Return a model after three steps."""
    rate = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.9)
    model.compile(keras.optimizers.Adam(rate), distance, metrics=["mae"])
    model.fit(X, Y, batch_size=4, epochs=1, shuffle=False, verbose=0)
    return model


def small():
    """Return a model of layers one after the other."""
    return keras.Sequential([
        keras.Input((4,)), layers.Dense(5, "relu"), layers.BatchNormalization(),
        layers.Dropout(0.25), layers.Dense(1),
    ])  # fmt: skip


@pytest.mark.each("name", [*RECORDER["LAYERS"], *OTHERS])
def test_options_survive_json(name):
    made = OTHERS[name](keras) if name in OTHERS else RECORDER["LAYERS"][name][0](layers)
    text = json.dumps(keras.saving.serialize_keras_object(made))
    again = keras.saving.deserialize_keras_object(json.loads(text))
    assert type(again) is type(made)
    assert json.dumps(keras.saving.serialize_keras_object(again)) == text


#: Classes that are made by others alone.
BASES = ("FunctionLoss", "NamedLoss", "NamedMetric")

#: Arguments of the classes that need some.
NEEDED = {
    "units": 3, "filters": 2, "kernel_size": 3, "input_dim": 5, "output_dim": 2, "rate": 0.5,
    "stddev": 0.1, "scale": 2.0, "function": np.tanh, "target_shape": (2,), "dims": (2, 1),
    "n": 2, "num_classes": 2, "target_class_ids": [1], "activation": "relu", "num_heads": 2, "key_dim": 2, "axes": 1, "shape": (3,),
    "fn": distance, "layer": layers.LSTM(3), "cell": layers.GRUCell(2),
    "cells": [layers.LSTMCell(2)], "equation": "ab,bc->ac", "output_shape": 3, "initial_learning_rate": 0.1, "decay_steps": 5,
    "num_tokens": 4, "num_bins": 4, "height": 3, "width": 2, "factor": 0.1, "height_factor": 0.1, "width_factor": 0.2,
    "recall": 0.5, "precision": 0.5, "specificity": 0.5, "sensitivity": 0.5,
    "decay_rate": 0.5, "boundaries": [3], "values": [0.1, 0.2], "first_decay_steps": 4,
}  # fmt: skip


OF_THEIR_OWN = {"InputLayer": {"shape": (3,)}, "Discretization": {"num_bins": 3}}


@pytest.mark.parametrize("family", sorted({family for family, _ in BUILT_IN}))
def test_every_class_describes_itself(family):
    module = functools.reduce(getattr, family.split("."), keras)
    for name in [name for known, name in BUILT_IN if known == family]:
        kind = getattr(module, name, None) if family != "layers" or name in layers.__all__ else None
        if kind is None or name in ("Layer", "Optimizer"):
            continue  # a base class
        parameters = inspect.signature(kind.__init__).parameters.values()
        needed = [
            one.name for one in parameters
            if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
        ][1:]  # fmt: skip
        if kind.__module__.startswith("nn") and name not in BASES:
            made = kind(
                **(OF_THEIR_OWN[name] if name in OF_THEIR_OWN else {n: NEEDED[n] for n in needed})
            )
            again = kind.from_config(made.get_config())
            assert str(again.get_config()) == str(made.get_config()), name


@pytest.mark.parametrize("make", [lambda: compiled(small()), lambda: compiled(Network(2.0))])
def test_loaded_models_train_on_alike(make, tmp_path):
    model, path = make(), tmp_path / "model.keras"
    model.save(path)
    again = keras.models.load_model(path, custom_objects={"distance": distance})
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    histories = []
    for one in (model, again):
        nn.seed(1)
        histories.append(one.fit(X, Y, epochs=2, shuffle=False, verbose=0).history)
    assert histories[0] == histories[1]
    assert again.optimizer.iterations == model.optimizer.iterations == 5


def test_graphs_are_made_again(tmp_path):
    model = shared()
    wanted = model.predict([X, X + 1])
    texts = keras.models.model_from_json(model.to_json())
    for again in (
        texts,
        keras.models.clone_model(model),
        keras.Model.from_config(model.get_config()),
    ):
        assert len(again.get_weights()) == len(model.get_weights()) == 4
        assert [layer.name for layer in again.layers] == [layer.name for layer in model.layers]
        again.set_weights(model.get_weights())
        for name, found in again.predict([X, X + 1]).items():
            np.testing.assert_array_equal(found, wanted[name])


def test_clones_have_weights_of_their_own():
    model = small()
    clone = keras.models.clone_model(model)
    assert (clone.layers[0].kernel != model.layers[0].kernel).any()

    def wider(layer):
        made = type(layer).from_config(layer.get_config())
        if isinstance(made, layers.Dense):
            made.units *= 2
        return made

    assert keras.models.clone_model(model, clone_function=wider).output_shape == (None, 2)


def test_frozen_layers_stay_frozen_in_files(tmp_path):
    model = Network(2.0)
    model(X)
    model.first.trainable = False
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    assert not again.first.inner.trainable
    assert len(again.trainable_weights) == 2
    assert getattr(again, "_compiled", None) is None


def test_adapted_layers_are_saved(tmp_path):
    scale = layers.Normalization()
    scale.adapt(X)
    model = keras.Sequential([keras.Input((4,)), scale])
    model.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_files_of_models_hold_weights_too(tmp_path):
    model, other = small(), small()
    model.save(tmp_path / "m.keras")
    other.load_weights(tmp_path / "m.keras")
    np.testing.assert_array_equal(other.predict(X), model.predict(X))


def test_best_models_are_saved_whole(tmp_path):
    path = tmp_path / "best.keras"
    model = compiled(small())
    best = nn.callbacks.ModelCheckpoint(path, monitor="loss", save_best_only=True)
    model.compile("adam", "mse")
    model.fit(X, Y, epochs=2, callbacks=[best], verbose=0)
    again = keras.models.load_model(path)
    assert again.optimizer.iterations in (1, 2)
    weights_only = nn.callbacks.ModelCheckpoint(path, monitor="loss", save_weights_only=True)
    model.fit(X, Y, callbacks=[weights_only], verbose=0)
    with pytest.raises(WeightsError, match="load_weights"):
        keras.models.load_model(path)


def test_failed_saves_leave_the_old_file(tmp_path):
    path = tmp_path / "m.keras"
    model = small()
    model.save(path)
    before = path.read_bytes()
    model.add(layers.Lambda(lambda x: 2 * x))
    with pytest.raises(OptionError, match="def halved"):
        model.save(path)
    with pytest.raises(OptionError, match="overwrite=True"):
        small().save(path, overwrite=False)
    assert path.read_bytes() == before


def test_unknown_classes_say_what_to_write(tmp_path):
    class Hidden(layers.Layer):
        def call(self, inputs):
            return 2 * inputs

    model = keras.Sequential([keras.Input((4,)), Hidden()])
    model.save(tmp_path / "m.keras")
    with pytest.raises(OptionError, match=r'custom_objects=\{"Hidden": Hidden\}'):
        keras.models.load_model(tmp_path / "m.keras")
    with keras.saving.custom_object_scope({"Hidden": Hidden}):
        assert keras.models.load_model(tmp_path / "m.keras").predict(X).shape == (12, 4)
    registered = keras.saving.register_keras_serializable("mine")(Hidden)
    model.save(tmp_path / "m.keras")
    assert isinstance(keras.models.load_model(tmp_path / "m.keras").layers[0], registered)


@pytest.mark.parametrize("name", ["numpy.load", "numpy.save", "exec", "os.system", "numpy.getattr"])
def test_functions_in_files_are_those_allowed(name):
    with pytest.raises(OptionError, match="not known"):
        keras.saving.deserialize_keras_object({"class_name": "function", "config": name})


def test_files_of_keras_itself_are_refused(tmp_path):
    path = tmp_path / "m.keras"
    path.write_bytes(b"PK\x03\x04 and so on")
    with pytest.raises(WeightsError, match="file of Keras itself"):
        keras.models.load_model(path)
    with pytest.raises(WeightsError, match="file of Keras itself"):
        small().load_weights(path)


def test_optimizers_of_nn_are_not_in_files(tmp_path):
    model = small()
    model.compile(nn.optim.SGD(model.parameters(), lr=0.1), "mse")
    with pytest.raises(OptionError, match="include_optimizer=False"):
        model.save(tmp_path / "m.keras")
    model.save(tmp_path / "m.keras", include_optimizer=False)
    assert keras.models.load_model(tmp_path / "m.keras").predict(X).shape == (12, 1)


def test_arguments_without_a_form_raise():
    class Wrapped(layers.Layer):
        def __init__(self, thing):
            super().__init__()

    with pytest.raises(OptionError, match="get_config"):
        keras.saving.serialize_keras_object(Wrapped(object()))
    with pytest.raises(OptionError, match="wraps a Linear"):
        keras.Model(nn.Linear(2, 3)).to_json()


def test_operations_of_graphs_survive_json():
    ops, a = keras.ops, keras.Input((4,))
    b = ops.gelu(a) + ops.logsumexp(a, axis=-1, keepdims=True) * ops.erf(a)
    c = ops.top_k(ops.concatenate([b, ops.rsqrt(1 + a**2), ops.relu(a)], axis=-1), 3)[0]
    model = keras.Model(a, ops.where(c > 0, c, ops.expand_dims(a[:, 0], 1)))
    again = keras.models.model_from_json(model.to_json())
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
