"""Colourings, against what defines them."""

import numpy as np
import pytest
import scipy.sparse

from autograd.sparse.coloring import columns_colored, stars_colored
from autograd.sparse.sets import Sets


def sets_of(matrix):
    return Sets.of_matrix(scipy.sparse.csr_array(matrix != 0))


def random_matrix(seed, rows, columns):
    random = np.random.default_rng(seed)
    return random.uniform(size=(rows, columns)) < random.uniform(0.02, 0.4)


def grid(n, m, periodic=False):
    """Return the pattern of the Laplacian on a grid."""
    points = np.arange(n * m).reshape(n, m)
    found = np.eye(n * m, dtype=bool)
    for axis in (0, 1):
        for step in (1, -1):
            others = np.roll(points, step, axis)
            if not periodic:
                cut = [slice(None), slice(None)]
                cut[axis] = slice(1, None) if step == 1 else slice(None, -1)
                found[points[tuple(cut)].ravel(), others[tuple(cut)].ravel()] = True
            else:
                found[points.ravel(), others.ravel()] = True
    return found


def color_count(colors):
    return len(set(colors.tolist()))


@pytest.mark.parametrize("seed", range(20))
def test_no_row_has_two_columns_of_one_color(seed):
    matrix = random_matrix(seed, 15, 12)
    colors = columns_colored(sets_of(matrix), (12,))
    for row in matrix:
        own = colors[row]
        assert color_count(own) == len(own)


@pytest.mark.each("seed", range(40))
def test_stars_have_no_path_of_two_colors(seed):
    n = 4 + seed % 12
    matrix = random_matrix(seed, n, n)
    matrix = matrix | matrix.T
    colors = stars_colored(sets_of(matrix), (n,))
    beside = [[j for j in range(n) if matrix[i, j] and j != i] for i in range(n)]
    for a in range(n):
        for b in beside[a]:
            assert colors[a] != colors[b]
            for c in beside[b]:
                for d in beside[c]:
                    if len({a, b, c, d}) == 4:
                        assert color_count(colors[[a, b, c, d]]) > 2


@pytest.mark.parametrize("width", [1, 2, 3, 7])
def test_bands_need_as_many_colors_as_their_rows(width):
    band = sum(np.eye(40, k=k) for k in range(-width, width + 1))
    assert color_count(columns_colored(sets_of(band), (40,))) == 2 * width + 1
    assert color_count(columns_colored(sets_of(band[:, width:]), (40 - width,))) == 2 * width + 1


def test_usual_patterns_need_few_colors():
    band = np.eye(30, k=-1) + np.eye(30) + np.eye(30, k=1)
    arrow = np.eye(30)
    arrow[0] = arrow[:, 0] = 1
    assert color_count(columns_colored(sets_of(band), (30,))) == 3
    assert color_count(stars_colored(sets_of(band), (30,))) == 3
    assert color_count(stars_colored(sets_of(arrow), (30,))) == 2
    assert color_count(stars_colored(sets_of(np.eye(5)), (5,))) == 1


@pytest.mark.parametrize("shape", [(64,), (8, 8)])
def test_grids_need_five_colors(shape):
    assert color_count(columns_colored(sets_of(grid(8, 8)), shape)) == 5


def test_periodic_grids_need_five_colors_where_they_fit():
    assert color_count(columns_colored(sets_of(grid(10, 10, periodic=True)), (10, 10))) == 5


def test_empty_patterns():
    assert columns_colored(sets_of(np.zeros((3, 2))), (2,)).tolist() == [0, 0]
    assert columns_colored(sets_of(np.zeros((0, 0))), (0,)).size == 0
    assert stars_colored(sets_of(np.zeros((0, 0))), (0,)).size == 0
