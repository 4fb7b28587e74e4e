import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from autograd import check_gradients
from autograd.check.strategies import GAP, arguments, arrays, numbers


@given(numbers(), numbers(positive=True))
def test_numbers_are_not_close_to_zero(either, positive):
    assert GAP <= abs(either) <= 4
    assert GAP <= positive <= 4


@given(st.data(), st.sampled_from([np.float64, np.float32, np.complex128]))
def test_array_elements_avoid_zero_and_on_request_ties(data, dtype):
    array = data.draw(arrays(dtype=dtype, distinct=True))
    assert array.dtype == dtype
    assert (np.abs(array) >= GAP).all()
    flat = array.real.ravel()
    apart = np.abs(np.abs(flat)[:, None] - np.abs(flat)) + 9 * np.eye(flat.size)
    assert (apart >= GAP * 0.999).all()


@given(arrays(shape=(2, 3), positive=True))
def test_a_shape_can_be_requested(array):
    assert array.shape == (2, 3)
    assert (array > 0).all()


@given(arguments(3))
def test_generated_arguments_broadcast_together(found):
    assert len(found) == 3
    np.broadcast_shapes(*[x.shape for x in found])


@given(arrays(shape=st.sampled_from([(3,), (2, 3), (4, 1)]), distinct=True))
def test_functions_with_kinks_are_checked_away_from_them(x):
    for f in (np.max, np.sort, np.abs):
        report = check_gradients(f, x)
        assert set(report.counts) == {"ok"}
