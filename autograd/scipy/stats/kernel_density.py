"""`scipy.stats.gaussian_kde` with derivatives by points, data and weights."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.special
import scipy.stats

from autograd.engine.dispatch import plain
from autograd.engine.tracing import concrete
from autograd.errors import NoRuleError, ShapeError
from autograd.rules.reductions import logsumexp
from autograd.scipy.fallback import has_node
from autograd.scipy.stats import multivariate_normal
from autograd.scipy.stats.families import number


class gaussian_kde:  # noqa: N801 - SciPy's name
    """Estimate a density from samples, with Gaussian kernels.

    Parameters
    ----------
    dataset : array_like
        Samples in columns; one-dimensional samples may be a vector.
    bw_method : str, float or callable, optional
        The bandwidth: "scott", "silverman", a factor, or a function of the estimator.
    weights : array_like, optional
        One weight for each sample.

    Examples
    --------
    >>> import numpy as np
    >>> from autograd import grad
    >>> from autograd.scipy.stats import gaussian_kde
    >>> data = np.array([-1.0, 0.0, 1.0])
    >>> grad(lambda x: gaussian_kde(data).logpdf(x)[0])(0.0)
    0.0
    """

    def __init__(self, dataset: Any, bw_method: Any = None, weights: Any = None) -> None:
        self.dataset = np.atleast_2d(number(dataset))
        self.d, self.n = np.shape(self.dataset)
        weights = None if weights is None else number(weights)
        numbers = [concrete(plain(x)) for x in (self.dataset, bw_method, weights)]
        known = bw_method is None or isinstance(bw_method, str)
        scipy.stats.gaussian_kde(
            numbers[0], numbers[1] if known else None, numbers[2]
        )  # for SciPy's errors
        w = np.ones(self.n) if weights is None else weights
        self.weights = w / np.sum(w)
        self.neff = 1 / np.sum(self.weights * self.weights)
        self.set_bandwidth(bw_method)

    def scotts_factor(self) -> Any:
        """Return Scott's factor."""
        return self.neff ** (-1 / (self.d + 4))

    def silverman_factor(self) -> Any:
        """Return Silverman's factor."""
        return (self.neff * (self.d + 2) / 4) ** (-1 / (self.d + 4))

    def set_bandwidth(self, bw_method: Any = None) -> None:
        """Set the bandwidth."""
        factors: dict[Any, Callable[[], Any]] = {
            None: self.scotts_factor,
            "scott": self.scotts_factor,
            "silverman": self.silverman_factor,
        }
        if bw_method is None or isinstance(bw_method, str):
            self.factor = factors[bw_method]()
        else:
            self.factor = bw_method(self) if callable(bw_method) else bw_method
        self.covariance = (
            np.atleast_2d(np.cov(self.dataset, aweights=self.weights)) * self.factor**2
        )

    def logpdf(self, x: Any) -> Any:
        """Return the logarithm of the density at points, given in columns."""
        points = np.atleast_2d(number(x))
        if np.shape(points)[0] != self.d and np.shape(points) == (1, self.d):
            points = np.reshape(points, (self.d, 1))
        data, at = concrete(plain(self.dataset)), concrete(plain(points))
        scipy.stats.gaussian_kde(data).evaluate(at)  # for SciPy's errors
        root = np.linalg.cholesky(self.covariance)
        steps = points[:, :, None] - self.dataset[:, None, :]
        whitened = np.linalg.solve(root, np.reshape(steps, (self.d, -1)))
        distances = np.reshape(np.sum(whitened * whitened, axis=0), np.shape(steps)[1:])
        scale = self.d / 2 * math.log(2 * math.pi) + np.sum(np.log(np.diagonal(root)))
        return logsumexp(np.log(self.weights) - distances / 2, axis=1) - scale

    def evaluate(self, points: Any) -> Any:
        """Return the density at points, given in columns."""
        return np.exp(self.logpdf(points))

    __call__ = pdf = evaluate

    def integrate_gaussian(self, mean: Any, cov: Any) -> Any:
        """Return the integral of the density times that of a normal distribution."""
        mean = np.reshape(np.atleast_1d(number(mean)), (1, -1))
        cov = np.atleast_2d(number(cov))
        if np.shape(mean) != (1, self.d) or np.shape(cov) != (self.d, self.d):
            raise ShapeError(
                f"integrate_gaussian needs a mean of {self.d} numbers and a covariance of shape "
                f"{(self.d, self.d)}, but got shapes {np.shape(mean)[1:]} and {np.shape(cov)}."
            )
        overlaps = multivariate_normal.pdf(
            np.transpose(self.dataset) - mean, None, self.covariance + cov
        )
        return np.sum(overlaps * self.weights)

    def integrate_box_1d(self, low: Any, high: Any) -> Any:
        """Return the probability between two numbers."""
        if self.d != 1:
            raise ShapeError(f"integrate_box_1d is for one dimension; this estimator has {self.d}.")
        width = np.sqrt(self.covariance[0, 0])
        ends = [scipy.special.ndtr((number(x) - self.dataset[0]) / width) for x in (low, high)]
        return np.sum(self.weights * (ends[1] - ends[0]))

    def integrate_kde(self, other: Any) -> Any:
        """Return the integral of the product of two densities."""
        if other.d != self.d:
            raise ShapeError(
                f"integrate_kde needs two estimators in {self.d} dimensions, not {other.d}."
            )
        steps = np.transpose(self.dataset)[:, None, :] - np.transpose(other.dataset)[None, :, :]
        overlaps = multivariate_normal.pdf(
            np.reshape(steps, (-1, self.d)), None, self.covariance + other.covariance
        )
        return self.weights @ np.reshape(overlaps, (self.n, other.n)) @ other.weights

    def __getattr__(self, name: str) -> Any:
        """Return any other attribute of SciPy's estimator, if there are no nodes."""
        if name.startswith("_") or not hasattr(scipy.stats.gaussian_kde, name):
            raise AttributeError(f"gaussian_kde has no attribute {name!r}")
        if has_node(self.dataset, self.weights, self.factor):
            raise NoRuleError(
                f"gaussian_kde.{name} of nodes has no rule. Use evaluate, logpdf, integrate_gaussian, integrate_box_1d or integrate_kde."
            )
        same = scipy.stats.gaussian_kde(self.dataset, self.factor, self.weights)
        return getattr(same, name)
