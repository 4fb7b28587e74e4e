"""Keras' layers of texts and words, and their hashes."""

import math

import numpy as np
import pytest

from autograd.errors import OptionError, ShapeError
from nn import keras_style as keras
from nn.keras_style import layers
from nn.keras_style.fingerprints import farm, siphash

TEXTS = ["The cat sat.", "the DOG, the cat\tran!", "É\xa0é", ""]


def letters(count):
    return bytes(ord("a") + (i * i + count * i + count) % 26 for i in range(count))


#: The sums modulo 2**64 of what the package pyfarmhash computes for lengths in these ranges.
SUMS = {
    (0, 4): 4277608085172547195,
    (4, 8): 1338141244088592877,
    (8, 17): 9282811700931121465,
    (17, 33): 7929454667543463601,
    (33, 65): 6714061560829300850,
    (65, 300): 11461209140350547499,
}


def test_fingerprints_are_those_of_farmhash():
    found = {ends: sum(farm(letters(n)) for n in range(*ends)) % 2**64 for ends in SUMS}
    assert found == SUMS


#: The first vectors of the paper's reference implementation, for the key 0, 1, ..., 15.
VECTORS = {0: 0x726FDB47DD0E0E31, 1: 0x74F839C593DC67FD, 8: 0x93F5F5799A932462, 15: 0xA129CA6149BE45E5}  # fmt: skip


def test_keyed_hashes_are_those_of_siphash():
    key = 0x0706050403020100, 0x0F0E0D0C0B0A0908
    assert {n: siphash(bytes(range(n)), key) for n in VECTORS} == VECTORS


@pytest.mark.parametrize(
    ("options", "words", "bins"),
    [  # of Keras' documentation
        ({}, "ABCDE", [1, 0, 1, 1, 2]),
        ({"mask_value": ""}, ["A", "B", "", "C", "D"], [1, 1, 0, 2, 2]),
        ({"salt": [133, 137]}, "ABCDE", [1, 2, 1, 0, 2]),
        ({"salt": 133}, "ABCDE", [0, 0, 2, 1, 0]),
    ],
)
def test_words_are_in_the_bins_of_keras(options, words, bins):
    column = np.array(list(words))[:, None]
    assert layers.Hashing(3, **options)(column).ravel().tolist() == bins
    vectors = layers.Hashing(3, **options, output_mode="one_hot")(column)
    np.testing.assert_array_equal(vectors, np.eye(3)[bins])


def test_numbers_are_hashed_as_words():
    numbers = np.array([[7, -3], [0, 12]])
    expected = layers.Hashing(50)(numbers.astype(str))
    for given in (numbers, numbers + 0.0, numbers.astype("int8")):
        np.testing.assert_array_equal(layers.Hashing(50)(given), expected)
    masked = layers.Hashing(50, mask_value=7)(numbers)
    assert masked[0, 0] == 0
    assert (masked.ravel()[1:] == [farm(b"-3") % 49 + 1, farm(b"0") % 49 + 1, farm(b"12") % 49 + 1]).all()  # fmt: skip


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["the", "dog", "the", "cat", "ran"]),
        ({"standardize": "lower"}, ["the", "dog,", "the", "cat", "ran!"]),
        ({"standardize": "strip_punctuation"}, ["the", "DOG", "the", "cat", "ran"]),
        ({"standardize": None}, ["the", "DOG,", "the", "cat", "ran!"]),
        ({"standardize": lambda x: np.char.replace(x, "the", "a")}, ["a", "DOG,", "a", "cat", "ran!"]),
        ({"split": None}, ["the dog the cat\tran"]),
        ({"split": lambda x: [text.split("o") for text in x]}, ["the d", "g the cat\tran"]),
        ({"ngrams": 2}, ["the", "dog", "the", "cat", "ran", "the dog", "dog the", "the cat", "cat ran"]),
        ({"ngrams": (3, 1)}, ["the dog the", "dog the cat", "the cat ran", "the", "dog", "the", "cat", "ran"]),
    ],
)  # fmt: skip
def test_texts_are_divided_as_asked(options, words):
    layer = layers.TextVectorization(**options)
    assert layer.words(np.array(TEXTS))[1] == words
    assert layer.words(np.array(TEXTS)[:, None])[1] == words


def test_letters_beyond_ascii_stay():
    found = layers.TextVectorization(split="character").words(TEXTS)
    assert found[2:] == [["É", "\xa0", "é"], []]
    assert layers.TextVectorization().words(TEXTS)[2:] == [["É\xa0é"], []]


def test_texts_become_numbers_and_vectors():
    made = {}
    for mode in ("int", "multi_hot", "count", "tf-idf"):
        made[mode] = layers.TextVectorization(6, output_mode=mode, pad_to_max_tokens=True)
        made[mode].adapt(iter([TEXTS[:1], np.array(TEXTS[1:])]))  # batches
    assert made["int"].get_vocabulary() == ["", "[UNK]", "the", "cat", "É\xa0é", "sat"]
    assert made["int"](TEXTS[:2]).tolist() == [[2, 3, 5, 0, 0], [2, 1, 2, 3, 1]]
    cut = layers.TextVectorization(vocabulary=["the", "cat"], output_sequence_length=3)
    assert cut(TEXTS).tolist() == [[2, 3, 1], [2, 1, 2], [1, 0, 0], [0, 0, 0]]
    counts = np.array([[0, 1, 1, 0, 1, 0], [1, 2, 1, 0, 0, 1]])
    assert made["count"].get_vocabulary() == ["[UNK]", "the", "cat", "É\xa0é", "sat", "ran"]
    np.testing.assert_array_equal(made["count"](TEXTS[:2]), counts)
    np.testing.assert_array_equal(made["multi_hot"](TEXTS[:2]), np.minimum(counts, 1))
    factors = [math.log(1 + 4 / (1 + n)) for n in (2, 2, 1, 1, 1)]
    np.testing.assert_allclose(
        made["tf-idf"](TEXTS[:2]), counts * [np.mean(factors), *factors], rtol=1e-6
    )


def test_texts_go_through_models_and_files(tmp_path):
    layer = layers.TextVectorization()
    layer.adapt(TEXTS)
    inputs = keras.Input((1,), dtype="string")
    assert layer(inputs).shape == (None, None)
    words = layers.Embedding(layer.vocabulary_size(), 3, mask_zero=True)(layer(inputs))
    model = keras.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling1D()(words)))
    model.compile("adam", "mse")
    column = np.array(TEXTS[:3])[:, None]
    model.fit(column, np.arange(3.0), epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(again.predict(column), model.predict(column))


@pytest.mark.parametrize(
    ("call", "error", "advice"),
    [
        (lambda: layers.TextVectorization(split="words"), OptionError, "whitespace"),
        (lambda: layers.TextVectorization(pad_to_max_tokens=True), OptionError, "max_tokens="),
        (lambda: layers.TextVectorization(idf_weights=[1.0]), OptionError, "tf_idf"),
        (lambda: layers.TextVectorization(ragged=True), OptionError, "no ragged="),
        (lambda: layers.TextVectorization()(["a"]), OptionError, "adapt"),
        (lambda: layers.TextVectorization().adapt([["a", "b"]]), ShapeError, r"\(1, 2\)"),
        (lambda: layers.Hashing(0), OptionError, "at least 1"),
        (lambda: layers.Hashing(3, salt="a"), OptionError, "an integer, or two"),
    ],
)
def test_what_texts_do_not_take_raises(call, error, advice):
    with pytest.raises(error, match=advice):
        call()
