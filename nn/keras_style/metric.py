"""Keras' ``Metric``, which counts over many batches, and means and sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from nn.arrays import plain
from nn.keras_style import initializers
from nn.keras_style.config import floatx
from nn.keras_style.configured import Configured, described_by
from nn.keras_style.loss_functions import alike
from nn.keras_style.naming import new_name
from nn.keras_style.variable import Variable


class Metric(Configured):
    """A metric of all examples together; your own define ``update_state`` and ``result``.

    Parameters
    ----------
    dtype : dtype, optional
        The type of its variables.
    name : str, optional
        The name.

    Examples
    --------
    >>> class Largest(Metric):
    ...     def __init__(self, name="largest", **options):
    ...         super().__init__(name=name, **options)
    ...         self.found = self.add_weight(name="found", initializer="zeros")
    ...
    ...     def update_state(self, y_true, y_pred, sample_weight=None):
    ...         self.found.assign(np.maximum(self.found, np.max(np.abs(y_true - y_pred))))
    ...
    ...     def result(self):
    ...         return self.found
    >>> metric = Largest()
    >>> metric.update_state(np.zeros(2), np.array([1.0, 3.0]))
    >>> float(metric.result())
    3.0
    """

    keras_module = "metrics"
    direction = ""  # which is better, "min" or "max"

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = self.__name__ = name or new_name(type(self).__name__)
        self.dtype = np.dtype(dtype or floatx())
        self._variables: list[Variable] = []

    def get_config(self) -> dict[str, Any]:
        """Return the options with which to make such a metric again."""
        kind = described_by(type(self))
        return self._made.by_name(kind) if kind is type(self) else super().get_config()

    def add_variable(
        self, shape: Any = (), initializer: Any = None, dtype: Any = None,
        aggregation: Any = "sum", name: str | None = None,
    ) -> Variable:  # fmt: skip
        """Return a new variable, which `reset_state` sets to zero.

        Parameters
        ----------
        shape : tuple of int
            The shape.
        initializer : str or callable, optional
            The first numbers; by default zeros.
        dtype : dtype, optional
            The type; by default that of the metric.
        aggregation
            Accepted, and ignored.
        name : str, optional
            Its name.
        """
        del aggregation
        made = initializers.get("zeros" if initializer is None else initializer)
        variable = Variable(made, tuple(shape), dtype or self.dtype, trainable=False, name=name)
        self._variables.append(variable)
        return variable

    def add_weight(self, shape: Any = (), initializer: Any = None, dtype: Any = None,
                   name: str | None = None) -> Variable:  # fmt: skip
        """Return a new variable: another name of `add_variable`.

        Parameters
        ----------
        shape, initializer, dtype, name
            As there.
        """
        return self.add_variable(shape, initializer, dtype, name=name)

    @property
    def variables(self) -> list[Any]:
        """The variables."""
        return list(self._variables)

    def reset_state(self) -> None:
        """Forget all examples."""
        for variable in self._variables:
            variable.assign(np.zeros(variable.shape))

    def update_state(self, *arguments: Any, **options: Any) -> None:
        """Take more examples; subclasses define it.

        Parameters
        ----------
        *arguments, **options
            Targets, outputs and perhaps the weights of the examples.
        """
        raise NotImplementedError("Define update_state(self, y_true, y_pred, sample_weight=None).")

    def result(self) -> Any:
        """Return the metric; subclasses define it."""
        raise NotImplementedError("Define result(self).")

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Take more examples, and return the metric of all.

        Parameters
        ----------
        *arguments, **options
            As for `update_state`.
        """
        self.update_state(*arguments, **options)
        return self.result()


class Mean(Metric):
    """The mean of numbers.

    Parameters
    ----------
    name : str
        The name.
    dtype
        Ignored: sums are float64.

    Examples
    --------
    >>> mean = Mean("loss")
    >>> for loss in (1.0, 2.0):
    ...     mean.update_state(loss)
    >>> mean.result()
    1.5
    """

    _joined: Any = staticmethod(
        np.mean
    )  # what becomes of the numbers of an example, or of a weight

    def __init__(self, name: str = "mean", dtype: Any = None) -> None:
        super().__init__(dtype, name)
        self.reset_state()

    def reset_state(self) -> None:
        """Forget all numbers."""
        self.total, self.count = 0.0, 0.0

    def update_state(  # type: ignore[override]
        self, values: Any, sample_weight: Any = None
    ) -> None:
        """Take more numbers.

        Parameters
        ----------
        values : array_like
            The numbers.
        sample_weight : array_like, optional
            Their weights.
        """
        found = np.asarray(plain(values), float)
        weights: Any = np.ones(found.shape[:1])
        if sample_weight is not None:
            weights = np.asarray(plain(sample_weight), float)
            if weights.ndim == found.ndim + 1 and weights.shape[-1] == 1:
                weights = weights[..., 0]
            found = self._to(weights.ndim, found)
            weights = np.broadcast_to(weights, found.shape)
            found, weights = found * weights, self._to(1, weights)
        self.total += float(np.sum(self._to(1, found)))
        self.count += float(np.sum(weights))

    def _to(self, ndim: int, numbers: Any) -> Any:
        """Return numbers with at most so many axes: as in Keras, each example counts as one."""
        return (
            self._joined(numbers, axis=tuple(range(ndim, numbers.ndim)))
            if numbers.size
            else numbers
        )

    def result(self) -> float:
        """Return the mean; 0 of nothing."""
        return self.total / self.count if self.count else 0.0


class MeanMetricWrapper(Mean):
    """The mean of a function of targets and outputs.

    Parameters
    ----------
    fn : callable
        ``fn(y_true, y_pred, **options)``, one number for each example.
    name : str, optional
        The name.
    dtype
        Ignored: sums are float64.
    **options
        Options of the function.

    Examples
    --------
    >>> metric = MeanMetricWrapper(lambda y_true, y_pred, scale: scale * y_pred, "scaled", scale=2)
    >>> metric.update_state(np.array([0, 1]), np.array([0.5, 0.25]))
    >>> metric.result()
    0.75
    """

    def __init__(
        self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **options: Any
    ) -> None:
        super().__init__(name or fn.__name__, dtype)
        self.fn, self.options = fn, options

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true, y_pred : array_like
            Targets and outputs.
        sample_weight : array_like, optional
            The weights of the examples.
        """
        found = self.fn(np.asarray(plain(y_true)), np.asarray(plain(y_pred)), **self.options)
        super().update_state(found, sample_weight)


class Sum(Mean):
    """The sum of numbers.

    Parameters
    ----------
    name : str
        The name.
    dtype
        Ignored: sums are float64.
    """

    _joined: Any = staticmethod(np.sum)

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def result(self) -> float:
        """Return the sum."""
        return self.total


class RootMeanSquaredError(Mean):
    """The root of the mean of squared errors.

    Parameters
    ----------
    name : str
        The name.
    dtype
        Ignored: sums are float64.

    Examples
    --------
    >>> metric = RootMeanSquaredError()
    >>> metric.update_state(np.zeros(2), np.array([1.0, 7.0]))
    >>> metric.result()
    5.0
    """

    direction = "min"

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(  # type: ignore[override]
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Take more examples.

        Parameters
        ----------
        y_true, y_pred : array_like
            Targets and outputs.
        sample_weight : array_like, optional
            The weights of the examples.
        """
        targets, outputs = alike(np.asarray(plain(y_true)), np.asarray(plain(y_pred)))
        super().update_state(np.square(outputs - targets), sample_weight)

    def result(self) -> float:
        """Return the root."""
        return float(np.sqrt(super().result()))
