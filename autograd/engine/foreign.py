"""Arrays of other libraries inside a Tensor: those of a GPU or a cluster.

They follow NumPy's protocols (NEP 13 and 18), but mix with no array of NumPy, and reading one may
take as long as a thousand operations. So the arrays that a rule needs, zeros, masks and indices,
are made like its arguments (NEP 35), and nothing is read unless `to_numpy` says so.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from autograd.engine.batching import Batched
from autograd.engine.recorded import Recorded
from autograd.engine.tracing import Followed
from autograd.engine.wrapped import refuse_other_rules
from autograd.errors import AutogradError, DataError, NoRuleError, ShapeError

_ndarray: Final = np.ndarray


def is_foreign(x: Any) -> bool:
    """Return whether this is an array of another library than NumPy.

    Parameters
    ----------
    x : any
        Anything; a node is none, whatever it holds.

    Returns
    -------
    bool

    Examples
    --------
    >>> import numpy as np
    >>> is_foreign(np.ones(3))
    False
    """
    kind = type(x)
    if kind is _ndarray or kind is float or not hasattr(kind, "__array_function__"):
        return False
    if not hasattr(kind, "__array_ufunc__"):
        return False  # it only looks like an array, as the results of a program do
    if isinstance(x, Recorded) or isinstance(x, Batched) or isinstance(x, Followed):
        return False
    return not isinstance(x, _ndarray)


def like(*arguments: Any) -> Any:
    """Return what to pass as ``like=`` to functions of NumPy that make arrays (NEP 35).

    Parameters
    ----------
    *arguments
        Arrays, nodes, numbers, and tuples and lists of them.

    Returns
    -------
    array or None
        The first array of another library; None, which NumPy ignores, if there is none.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.ones(3)
    >>> x + np.arange(3, like=like(x))  # works for an array of CuPy too
    array([1., 2., 3.])
    """
    for x in arguments:
        if type(x) is _ndarray or type(x) is float:
            continue
        if isinstance(x, Recorded):
            x = x._contents  # type: ignore[attr-defined]
        while isinstance(x, Batched):
            x = x.array
        if is_foreign(x):
            return x
        if isinstance(x, tuple) or isinstance(x, list):
            found = like(*x)
            if found is not None:
                return found
    return None


def beside(array: Any, *others: Any) -> Any:
    """Return an array of NumPy as one that can be combined with others: moved to their device.

    Parameters
    ----------
    array : array
        What is not an array of NumPy is returned as it is.
    *others
        Arrays, nodes, numbers, and tuples and lists of them.

    Returns
    -------
    array

    Examples
    --------
    >>> import numpy as np
    >>> beside(np.arange(2), np.ones(3))
    array([0, 1])
    """
    if type(array) is not _ndarray:
        return array
    home = like(*others)
    return array if home is None else np.asarray(array, like=home)


def index_beside(index: Any, array: Any) -> Any:
    """Return an index whose arrays are where the indexed array is."""
    if not is_foreign(array):
        return index
    if isinstance(index, tuple):
        return tuple([beside(part, array) for part in index])
    return beside(index, array)


def as_array(x: Any, dtype: Any = None) -> Any:
    """Return `numpy.asarray` of numbers and lists, and arrays of any library as they are.

    Parameters
    ----------
    x : array_like
        An array, a number, or nested lists of numbers.
    dtype : dtype, optional
        The type to convert to.

    Returns
    -------
    array

    Examples
    --------
    >>> as_array([1, 2])
    array([1, 2])
    """
    if type(x) is not _ndarray:
        refuse_other_rules(x)
    if isinstance(x, Batched) or is_foreign(x):
        array: Any = x
        return array if dtype is None else array.astype(dtype, copy=False)
    return np.asarray(x) if dtype is None else np.asarray(x, dtype)


def ones(data: Any) -> Any:
    """Return ones like an array; a NumPy scalar for an array of NumPy without axes."""
    if data.shape == () and like(data) is None:
        return data.dtype.type(1)
    return full(data.shape, 1, data.dtype, data)


def full(shape: Any, number: Any, dtype: Any, *others: Any) -> Any:
    """Return an array that repeats one number, like these arrays.

    ``numpy.full(..., like=x)`` and ``numpy.ones(..., like=x)`` pass on arguments that CuPy's
    functions do not take.

    Parameters
    ----------
    shape : int or tuple of int
        The shape.
    number : number
        What is repeated.
    dtype : dtype
        The type of the elements.
    *others
        Arrays, nodes, numbers, and tuples and lists of them.

    Returns
    -------
    array

    Examples
    --------
    >>> import numpy as np
    >>> full(2, 1.0, float, np.zeros(3))
    array([1., 1.])
    """
    home = like(*others)
    if home is None:
        return np.full(shape, number, dtype)
    return np.full_like(home, number, dtype=dtype, shape=shape)


def copied(x: Any) -> Any:
    """Return a copy of an array, which lies in memory like it if it is one of NumPy's."""
    return x.copy() if is_foreign(x) else x.copy(order="K")


def is_writable(x: Any) -> bool:
    """Return whether elements of an array can be assigned to.

    CuPy marks no array as read-only; where NumPy would, several elements share a place.
    """
    if not is_foreign(x):
        return bool(x.flags.writeable)
    strides = getattr(x, "strides", ())
    return all(step != 0 or n < 2 for step, n in zip(strides, x.shape, strict=False))


def computed(name: str, function: Any, arguments: Any, keywords: dict[str, Any]) -> Any:
    """Call a function of arrays of which some are of another library; explain its errors."""
    home = like(*arguments)
    if home is None:
        return function(*arguments, **keywords)
    library = type(home).__module__.partition(".")[0]
    for x in arguments:
        _require_shape(name, x, "got")
    try:
        found = function(*arguments, **keywords)
    except (TypeError, NotImplementedError) as error:
        others = [x for x in arguments if type(x) is _ndarray]
        if not others:
            raise NoRuleError(
                f"{library} cannot compute {name} here: {error}. Write it with other functions, or "
                "read the array before: autograd.devices.to_numpy(x)."
            ) from error
        raise DataError(
            f"{name} got an array of {library} of shape {home.shape} and one of NumPy of shape "
            f"{others[0].shape}. Move one to the other: autograd.devices.beside(b, a) is b where a "
            "is, autograd.devices.to_numpy(a) reads a."
        ) from error
    if type(found) is _ndarray:
        raise NoRuleError(
            f"{library} has no {name}: it has computed its arrays to call NumPy's. Write it with "
            "other functions, or read them before: autograd.devices.to_numpy(x)."
        )
    _require_shape(name, found, "returned")
    return found


def require_one_place(what: str, x: Any, home: Any) -> None:
    """Raise an error for an array of another library than the one that it goes to, or of a device.

    What is computed later may go with arrays of NumPy, which its library takes.
    """
    if not is_foreign(x) or type(x) is type(home):
        return
    if isinstance(home, Recorded) or isinstance(home, Batched) or isinstance(home, Followed):
        return
    if not is_foreign(home) and not hasattr(x, "strides"):
        return
    names = [type(a).__module__.partition(".")[0] for a in (x, home)]
    raise DataError(
        f"{what} is an array of {names[0]} of shape {x.shape}, and goes to one of {names[1]} of "
        f"shape {np.shape(home)}. Read it before, autograd.devices.to_numpy(x), and move it, "
        "autograd.devices.beside(numbers, other)."
    )


def write_elements(array: Any, index: Any, item: Any) -> None:
    """Assign to elements of an array; explain what a library cannot do."""
    require_one_place("What is assigned", item, array)
    if is_foreign(item) and not is_foreign(array):
        raise DataError(
            f"An array of shape {array.shape} that is in memory cannot hold elements that are "
            "computed later. Make it like them, np.zeros_like(x), or compute them before: "
            "autograd.devices.to_numpy(x)."
        )
    if type(item) is _ndarray and is_foreign(array) and hasattr(array, "strides"):
        library = type(array).__module__.partition(".")[0]
        raise DataError(
            f"What is assigned is an array of NumPy of shape {item.shape}, and goes to one of "
            f"{library} of shape {array.shape}. Move it: autograd.devices.beside(item, array)."
        )
    try:
        array[index] = item
    except NotImplementedError as error:
        raise NoRuleError(
            f"{type(array).__module__.partition('.')[0]} cannot assign to these elements of an "
            f"array of shape {array.shape}: {error}. Write np.where(condition, item, array), or "
            "read the array before: autograd.devices.to_numpy(x)."
        ) from error


def explain(name: str, error: Exception, *arguments: Any) -> None:
    """Raise an error that says so if a library cannot compute the derivative of a function."""
    home = like(*arguments)
    if home is None or isinstance(error, AutogradError):
        return
    library = type(home).__module__.partition(".")[0]
    raise NoRuleError(
        f"{library} cannot compute the derivative of {name} here: {error}. Write it with other "
        "functions, or read the array before: autograd.devices.to_numpy(x)."
    ) from error


def _require_shape(name: str, x: Any, what: str) -> None:
    """Raise if the length of an axis is not known, as after Dask's selection by a mask."""
    if is_foreign(x) and any(n != n for n in x.shape):
        raise ShapeError(
            f"{name} {what} an array of shape {x.shape}, whose chunks have unknown sizes: a "
            "derivative needs them. Compute them before, x = x.compute_chunk_sizes(), or write "
            "np.where(condition, x, 0) instead of x[condition]."
        )


def eye(n: int, dtype: Any, *others: Any) -> Any:
    """Return the identity matrix, like these arrays.

    Not every library takes all arguments that `numpy.eye` passes on with ``like=``.

    Parameters
    ----------
    n : int
        The number of rows.
    dtype : dtype
        The type of the elements.
    *others
        Arrays, nodes, numbers, and tuples and lists of them.

    Returns
    -------
    array

    Examples
    --------
    >>> import numpy as np
    >>> eye(2, float, np.ones(2))
    array([[1., 0.],
           [0., 1.]])
    """
    home = like(*others)
    if home is None:
        return np.eye(n, dtype=dtype)
    number = np.arange(n, like=home)
    return (number[:, None] == number).astype(dtype)


def by_numpy(function: Any, x: Any) -> Any:
    """Call a function that computes with NumPy alone: read the array, and send the result back."""
    return np.asarray(function(to_numpy(x)), like=x) if is_foreign(x) else function(x)


def as_float(x: Any) -> float:
    """Return a number, or an array without axes, as a float of Python; read it from a device."""
    return float(to_numpy(x)) if is_foreign(x) else float(x)


def to_numpy(x: Any) -> Any:
    """Read an array of any library: the one place where elements leave a device.

    Parameters
    ----------
    x : array_like
        An array of NumPy, of CuPy (which has ``get``), of Dask (``compute``) or one that NumPy
        converts.

    Returns
    -------
    numpy.ndarray

    Examples
    --------
    >>> to_numpy([1.0, 2.0])
    array([1., 2.])
    """
    if is_foreign(x):
        for method in ("get", "compute"):
            if hasattr(x, method):
                return np.asarray(getattr(x, method)())
    return np.asarray(x)
