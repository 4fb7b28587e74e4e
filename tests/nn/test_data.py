from collections import Counter

import numpy as np
import pytest

from autograd.errors import DataError, OptionError, ShapeError
from nn import DataLoader, accuracy, train_test_split


def test_batches_are_in_order_and_the_last_may_be_smaller():
    loader = DataLoader(np.arange(7), batch_size=3)
    assert [batch.tolist() for batch in loader] == [[0, 1, 2], [3, 4, 5], [6]]
    assert len(loader) == 3


def test_an_incomplete_last_batch_can_be_dropped():
    loader = DataLoader(np.arange(7), batch_size=3, drop_last=True)
    assert [batch.tolist() for batch in loader] == [[0, 1, 2], [3, 4, 5]]
    assert len(loader) == 2
    assert len(DataLoader(np.arange(6), batch_size=3, drop_last=True)) == 2
    assert len(DataLoader(np.arange(2), batch_size=3, drop_last=True)) == 0


def test_a_seed_fixes_the_orders_and_each_epoch_differs():
    def two_passes():
        generator = np.random.default_rng(5)
        loader = DataLoader(np.arange(20), batch_size=6, shuffle=True, generator=generator)
        return [np.concatenate(list(loader)).tolist() for _ in range(2)]

    first, second = two_passes()
    assert [first, second] == two_passes()
    assert first != second
    assert sorted(first) == sorted(second) == list(range(20))


def test_without_shuffling_arrays_are_not_copied():
    data = np.arange(6.0)
    assert all(np.shares_memory(batch, data) for batch in DataLoader(data, batch_size=4))


def test_parts_of_tuples_and_dicts_stay_together():
    x, y = np.arange(10) * 2, np.arange(10)
    generator = np.random.default_rng(0)
    for a, b in DataLoader((x, y), batch_size=4, shuffle=True, generator=generator):
        np.testing.assert_array_equal(a, 2 * b)
    for batch in DataLoader({"x": x, "y": y}, batch_size=4, shuffle=True, generator=generator):
        np.testing.assert_array_equal(batch["x"], 2 * batch["y"])


def test_examples_of_a_sequence_are_stacked_part_by_part():
    examples = [(np.full(2, i), {"label": i, "name": str(i)}) for i in range(5)]
    (x, rest), (last, _) = DataLoader(examples, batch_size=3)
    np.testing.assert_array_equal(x, [[0, 0], [1, 1], [2, 2]])
    np.testing.assert_array_equal(rest["label"], [0, 1, 2])
    assert rest["name"] == ["0", "1", "2"]
    assert last.shape == (2, 2)
    assert list(DataLoader(range(3), batch_size=3, collate=tuple)) == [(0, 1, 2)]
    shuffled = DataLoader(examples, batch_size=5, shuffle=True, generator=np.random.default_rng(0))
    assert sorted(next(iter(shuffled))[1]["label"].tolist()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (np.zeros((0, 3)), DataError, r"non-empty.*an array of shape \(0, 3\)"),
        ([], DataError, r"not \[\]"),
        ((), DataError, r"not \(\)"),
        (iter([1]), DataError, "list_iterator"),
        ((np.zeros(3), np.zeros(4)), ShapeError, "3, 4 examples"),
        ({"x": np.zeros(3), "y": np.zeros(2)}, ShapeError, "3, 2 examples"),
    ],
)
def test_data_that_cannot_be_batched_are_rejected(data, error, message):
    with pytest.raises(error, match=message):
        DataLoader(data)


def test_batch_size_must_be_at_least_one():
    with pytest.raises(OptionError, match="batch_size=0"):
        DataLoader(np.zeros(3), batch_size=0)


@pytest.mark.parametrize(("size", "held"), [(0.25, 6), (0.01, 1), (5, 5)])
def test_a_split_divides_all_arrays_alike_and_completely(size, held):
    x, names = np.arange(23), [str(i) for i in range(23)]
    train, test, train_names, test_names = train_test_split(
        x, names, test_size=size, generator=np.random.default_rng(1)
    )
    assert len(test) == held
    assert sorted([*train, *test]) == list(range(23))
    assert [str(i) for i in train] == train_names
    assert [str(i) for i in test] == test_names


def test_a_stratified_split_keeps_class_proportions():
    classes = np.repeat([0, 1, 2], [60, 30, 11])
    train, test = train_test_split(
        classes, test_size=0.2, stratify=classes, generator=np.random.default_rng(2)
    )
    assert Counter(test.tolist()) == {0: 13, 1: 6, 2: 2}  # of 12.5, 6.2 and 2.3
    assert Counter(train.tolist()) == {0: 47, 1: 24, 2: 9}
    assert test.tolist() != sorted(test.tolist())


@pytest.mark.parametrize(
    ("arrays", "options", "error", "message"),
    [
        ([], {}, DataError, "nothing to split"),
        ([np.zeros(4)], {"test_size": 4}, OptionError, "takes 4"),
        ([np.zeros(4)], {"test_size": 0.0}, OptionError, "takes 0"),
        ([np.zeros(4), np.zeros(3)], {}, ShapeError, "4, 3"),
        ([np.zeros(4)], {"stratify": np.array([0, 0, 0, 1])}, OptionError, "single example"),
    ],
)
def test_invalid_splits_are_rejected(arrays, options, error, message):
    with pytest.raises(error, match=message):
        train_test_split(*arrays, **options)


@pytest.mark.parametrize("size", [0, -1, 2.5, 4.0, None, "3", float("nan")])
def test_batch_sizes_are_positive_integers(size):
    with pytest.raises(OptionError, match="must be an integer of at least 1"):
        DataLoader(np.arange(10), batch_size=size)


@pytest.mark.parametrize("data", [np.array(3.0), (np.zeros(2), np.array(3.0)), {"x": np.array(1)}])
def test_data_without_a_first_axis_are_refused(data):
    with pytest.raises(DataError, match="array"):
        DataLoader(data)


@pytest.mark.parametrize(
    ("examples", "error"),
    [
        ([(1, 2), (1, 2, 3)], DataError),
        ([(1, 2), 5], DataError),
        ([{"a": 1}, {"b": 1}], DataError),
        ([{"a": 1}, {"a": 1, "b": 1}], DataError),
        ([{"a": 1}, 3], DataError),
        ([(np.zeros(2), 0), (np.zeros(3), 1)], ShapeError),
        ([{"a": np.zeros((2, 1))}, {"a": np.zeros(2)}], ShapeError),
        ([[np.zeros(2), (1, 2)], [np.ones(2), (1,)]], DataError),
    ],
)
def test_examples_of_a_batch_are_alike(examples, error):
    with pytest.raises(error):
        list(DataLoader(examples, batch_size=2))
    assert len(list(DataLoader(examples, batch_size=2, collate=list))) == 1


@pytest.mark.parametrize("outputs", [[2, 1, 0], [0, 3, 1], [[2], [0], [1]]])
def test_classes_as_outputs_are_not_taken_for_scores(outputs):
    with pytest.raises(DataError, match="may be classes"):
        accuracy(np.array(outputs), [1, 1, 0])
    right = (np.ravel(outputs) > 0) == (1, 1, 0)
    assert accuracy(np.array(outputs, float), [1, 1, 0]) == right.mean()
