"""Indices of batched arrays: reading and assignment, with indices that differ between calls."""

import numpy as np
import pytest
from batching.against_loops import close

from autograd import Tensor, grad, vmap

random = np.random.default_rng(9)
SHAPE = (4, 3, 5)
BATCH = random.normal(size=(3, *SHAPE))
#: Of each call: two numbers, a vector and a matrix of indices.
K, J = random.integers(-3, 3, 3), random.integers(0, 3, 3)
V, M = random.integers(-3, 3, (3, 2)), random.integers(0, 3, (3, 2, 2))

#: By an index, with numbers i and j, a vector v and a matrix m of the call.
BATCHED = [
    "[i]", "[v]", "[m]", "[i, j]", "[v, j]", "[v, v]", "[m, v]", "[:, i]", "[:, v]", "[:, m]",
    "[..., i]", "[..., v]", "[..., m, v]", "[None, v]", "[v, None]", "[1:, i]", "[i, 1:]", "[i, :, v]",
    "[v, :, v]", "[:, v, v]", "[0, v]", "[0, :, v]", "[v, 1]", "[[0, 2], v]", "[:, None, v]", "[::2, i, v]",
    "[i, ..., j]", "[..., i, :]", "[v, ...]", "[1:3, :, m]", "[i][j]", "[v][0]",
]  # fmt: skip
SHARED = [
    "[0]", "[[0, 2]]", "[:, [0, 2]]", "[[0, 1], :, [2, 3]]", "[0, :, [2, 3]]", "[..., [1, 1]]", "[None]",
    "[[True, False, True, True]]", "[:, [True, False, True]]", "[[0, 1], ..., 1]", "[1:, None, 0]", "[...]",
    "[-1, :, ::2]", "[[[0, 1], [2, 3]], :, 0]",
]  # fmt: skip


def compiled(text):
    names = {"np": np}
    exec(text, names)
    return names


@pytest.mark.each("index", [*BATCHED, *SHARED])
def test_elements_are_those_of_each_call(index):
    read = compiled(f"def read(x, i, j, v, m): return np.sin(x{index})")["read"]
    found = vmap(read)(BATCH, K, J, V, M)
    close(found, [read(*each) for each in zip(BATCH, K, J, V, M, strict=True)])

    def total(x, *indices):
        return np.sum(read(x, *indices) ** 2)

    close(
        vmap(grad(total))(BATCH, K, J, V, M),
        [grad(total)(*e) for e in zip(BATCH, K, J, V, M, strict=True)],
    )
    shared = vmap(lambda *indices: grad(total)(BATCH[0], *indices))(K, J, V, M)
    close(shared, [grad(total)(BATCH[0], *e) for e in zip(K, J, V, M, strict=True)])


@pytest.mark.each("index", [i for i in (*BATCHED, *SHARED) if "][" not in i])
@pytest.mark.parametrize("form", ["x{} = 2.0", "x{} = np.sin(x{})", "x{} *= 3.0"])
def test_assignments_are_those_of_each_call(index, form):
    source = f"def write(x, i, j, v, m):\n x = x * 1.0\n {form.format(index, index)}\n return x"
    write = compiled(source)["write"]
    each = list(zip(BATCH, K, J, V, M, strict=True))
    close(vmap(write)(BATCH, K, J, V, M), [write(*e) for e in each])

    def total(x, *indices):
        return np.sum(np.cos(write(x, *indices)))

    close(vmap(grad(total))(BATCH, K, J, V, M), [grad(total)(*e) for e in each])


def test_masks_choose_what_is_assigned():
    def assigned(x):
        x = x * 1.0
        x[x > 0.5] = x.min()
        return x

    close(vmap(assigned)(BATCH), [assigned(x) for x in BATCH])

    def total(x):
        return np.sum(assigned(x) ** 2)

    close(vmap(grad(total))(BATCH), [grad(total)(x) for x in BATCH])


def test_a_number_read_from_an_array_is_not_a_view():
    def swapped(x):
        x = x * 1.0
        x[0], x[1] = x[1], x[0]
        y = x[2:]
        y[0], y[1] = y[1], y[0]
        return x

    vectors = BATCH[:, :, 0, 0]
    close(vmap(swapped)(vectors), [swapped(x) for x in vectors])


def test_views_see_assignments_to_the_array():
    def through(x):
        x = x * 1.0
        for view in (x.T, x.reshape(-1), np.atleast_2d(x), x[::2], np.moveaxis(x, 0, 1)):
            view[0] = view[-1] * 0.5
        np.split(x, 2)[1][...] = 7.0
        return x

    matrices = BATCH[:, :, :, 0]
    close(vmap(through)(matrices), [through(x) for x in matrices])


def test_a_tensor_made_in_the_function_takes_batched_elements():
    def filled(x):
        t = Tensor(np.zeros(3))
        t[0] = x[0]
        t[1:] = x[1:3] * 2
        return np.sum(t * t)

    vectors = BATCH[:, :, 0, 0]
    close(vmap(grad(filled))(vectors), [grad(filled)(x) for x in vectors])


def test_an_array_without_axes_can_be_filled():
    def filled(x):
        y = np.zeros_like(x[0])
        y[...] = x[1]
        y.fill(y * x[2])
        np.copyto(y, y * x[2])
        return y

    rows = BATCH[:, 0, 0]
    close(vmap(grad(filled))(rows), [grad(filled)(row) for row in rows])
