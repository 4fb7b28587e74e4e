"""Keras' layers that make numbers of categories, before or in a model.

`CategoryEncoding`, `Discretization`, `IntegerLookup`, `StringLookup`. No derivative flows through
them.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, ClassVar

import numpy as np

from autograd.errors import DataError, OptionError
from nn.arrays import plain
from nn.keras_style.layers.layer import Layer
from nn.keras_style.symbolic import is_tried

MODES = ("one_hot", "multi_hot", "count", "int")


def encoded(places: Any, size: int, mode: str, dtype: Any, weights: Any = None) -> Any:
    """Return integers as vectors: of each integer, or of those along the last axis together.

    Examples
    --------
    >>> encoded(np.array([[0, 2, 2]]), 4, "count", float).tolist()
    [[1.0, 0.0, 2.0, 0.0]]
    """
    if mode == "int":
        return places
    if mode == "one_hot" and places.ndim and places.shape[-1] == 1:
        places = places[..., 0]
    found = (places[..., None] == np.arange(size)).astype(dtype)
    if mode == "one_hot" or not places.ndim:
        return found
    if mode == "multi_hot":
        return found.max(axis=-2)
    return np.sum(found if weights is None else found * np.asarray(weights)[..., None], axis=-2)


class Encoding(Layer):
    """The base class of layers that return integers as they are, or as vectors.

    Parameters
    ----------
    output_mode : {"int", "one_hot", "multi_hot", "count"}
        Integers; a vector for each; or one for all along the last axis, of ones or of counts.
    **options
        Options of `Layer`.
    """

    autocast = ""

    def __init__(self, output_mode: str, **options: Any) -> None:
        if output_mode not in MODES:
            raise OptionError(f"output_mode={output_mode!r} must be one of {', '.join(MODES)}.")
        super().__init__(**options)
        self.output_mode = output_mode


class CategoryEncoding(Encoding):
    """Integers as vectors.

    Parameters
    ----------
    num_tokens : int
        How many there are.
    output_mode : {"multi_hot", "one_hot", "count"}
        As for `Encoding`.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> CategoryEncoding(4, "one_hot")(np.array([3, 0]))
    array([[0., 0., 0., 1.],
           [1., 0., 0., 0.]], dtype=float32)
    """

    def __init__(self, num_tokens: int, output_mode: str = "multi_hot", **options: Any) -> None:
        super().__init__(output_mode, **options)
        self.num_tokens = num_tokens

    def call(self, inputs: Any, count_weights: Any = None) -> Any:
        """Return the vectors.

        Parameters
        ----------
        inputs : array_like of int
            The integers.
        count_weights : array_like, optional
            What each counts, with ``output_mode="count"``.
        """
        places = np.asarray(plain(inputs))
        if places.size and not 0 <= places.min() <= places.max() < self.num_tokens:
            raise DataError(
                f"{self.name} takes integers from 0 to {self.num_tokens - 1}, but they range from "
                f"{places.min()} to {places.max()}."
            )
        return encoded(places.astype(int), self.num_tokens, self.output_mode, self.dtype,
                       count_weights)  # fmt: skip


class Discretization(Encoding):
    """The number of the interval between boundaries that each number is in.

    Parameters
    ----------
    bin_boundaries : list of float, optional
        The boundaries; or `adapt` finds them.
    num_bins : int, optional
        How many intervals `adapt` makes, with equally many numbers in each.
    output_mode : {"int", "one_hot", "multi_hot", "count"}
        As for `Encoding`.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> Discretization([0.0, 10.0])(np.array([-1.0, 5.0, 10.0])).tolist()
    [0, 1, 2]
    """

    def __init__(
        self, bin_boundaries: Any = None, num_bins: int | None = None, *, output_mode: str = "int",
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(output_mode, **options)
        if bin_boundaries is None and num_bins is None:
            raise OptionError("Discretization takes bin_boundaries= or num_bins=.")
        self.num_bins = num_bins
        self.bin_boundaries = None if bin_boundaries is None else [float(b) for b in bin_boundaries]

    def adapt(self, data: Any) -> None:
        """Take the boundaries from data: their quantiles.

        Parameters
        ----------
        data : array_like
            The data.
        """
        if self.num_bins is None:
            raise OptionError("The boundaries were given: make the layer with num_bins= to adapt.")
        shares = np.arange(1, self.num_bins) / self.num_bins
        self.bin_boundaries = np.quantile(np.asarray(plain(data), float), shares).tolist()

    def call(self, inputs: Any) -> Any:
        """Return the numbers of the intervals.

        Parameters
        ----------
        inputs : array_like
            The numbers.
        """
        if self.bin_boundaries is None and not is_tried():
            raise OptionError(f"{self.name} has no boundaries: write layer.adapt(data) first.")
        bounds = [0.0] * ((self.num_bins or 1) - 1) if self.bin_boundaries is None else (
            self.bin_boundaries
        )  # fmt: skip
        found = np.digitize(np.asarray(plain(inputs)), bounds).astype(np.int32)
        return encoded(found, len(bounds) + 1, self.output_mode, self.dtype)


class Lookup(Encoding):
    """The base class of layers that number the words of a vocabulary.

    Parameters
    ----------
    max_tokens : int, optional
        The largest number of words that `adapt` takes, with those that stand for others.
    num_oov_indices : {0, 1}
        Whether a number stands for unknown words; otherwise they raise.
    mask_token, oov_token
        What is numbered 0, if it is not None; and how `get_vocabulary` shows what is unknown.
    vocabulary : list, optional
        The words; or `adapt` finds them.
    output_mode : {"int", "one_hot", "multi_hot", "count"}
        As for `Encoding`.
    invert : bool
        Whether to turn numbers into words.
    **options
        Options of `Layer`.
    """

    kind: ClassVar[type[Any]]

    def __init__(
        self, max_tokens: int | None = None, num_oov_indices: int = 1, mask_token: Any = None,
        oov_token: Any = None, vocabulary: Any = None, output_mode: str = "int",
        invert: bool = False, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(output_mode, **options)
        if num_oov_indices not in (0, 1):
            raise OptionError(f"num_oov_indices={num_oov_indices} must be 0 or 1 here.")
        self.max_tokens, self.num_oov_indices = max_tokens, num_oov_indices
        self.mask_token, self.oov_token, self.invert = mask_token, oov_token, invert
        self.vocabulary = None if vocabulary is None else self._without_special(vocabulary)

    def _special(self) -> list[Any]:
        has_mask = self.mask_token is not None and self.output_mode == "int"
        return [self.mask_token] * has_mask + [self.oov_token] * self.num_oov_indices

    def _without_special(self, words: Any) -> list[Any]:
        found = [self.kind(word) for word in np.asarray(words).tolist()]
        special = self._special()
        return found[len(special) :] if found[: len(special)] == special and special else found

    def adapt(self, data: Any) -> None:
        """Take the vocabulary from data: the most frequent words first.

        Parameters
        ----------
        data : array_like of int or str
            The words.
        """
        words = [self.kind(word) for word in np.asarray(plain(data)).ravel().tolist()]
        self.learn(Counter(words))

    def learn(self, counts: Counter[Any]) -> None:
        """Take the vocabulary from words and how often they were met.

        Parameters
        ----------
        counts : Counter
            The number of each word.
        """
        counts = Counter({word: n for word, n in counts.items() if word not in self._special()})
        ordered = sorted(counts, key=lambda word: (counts[word], word), reverse=True)
        room = None if self.max_tokens is None else self.max_tokens - len(self._special())
        self.vocabulary = ordered[:room]

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """Return the words in the order of their numbers.

        Parameters
        ----------
        include_special_tokens : bool
            Whether with the mask and what stands for unknown words.
        """
        return (self._special() if include_special_tokens else []) + (self.vocabulary or [])

    def set_vocabulary(self, vocabulary: Any) -> None:
        """Set the words.

        Parameters
        ----------
        vocabulary : list
            The words.
        """
        self.vocabulary = self._without_special(vocabulary)

    def vocabulary_size(self) -> int:
        """Return how many numbers there are."""
        return len(self.get_vocabulary())

    def call(self, inputs: Any) -> Any:
        """Return the numbers of words, or the words of numbers.

        Parameters
        ----------
        inputs : array_like of int or str
            The words.
        """
        if self.vocabulary is None:
            raise OptionError(f"{self.name} has no vocabulary: write layer.adapt(data) first.")
        words = self.get_vocabulary()
        given = np.asarray(plain(inputs))
        if self.invert:
            return np.asarray([words[i] for i in given.ravel().tolist()]).reshape(given.shape)
        numbers = {word: i for i, word in enumerate(words)}
        unknown = len(self._special()) - 1 if self.num_oov_indices else None
        found = [numbers.get(self.kind(word), unknown) for word in given.ravel().tolist()]
        if None in found:
            raise DataError(
                f"{self.name} does not know {given.ravel()[found.index(None)]!r}, and has "
                "num_oov_indices=0."
            )
        places = np.asarray(found, np.int64).reshape(given.shape)
        return encoded(places, len(words), self.output_mode, self.dtype)


class IntegerLookup(Lookup):
    """Integers as numbers from 0; see `Lookup`. Unknown ones are -1 in the vocabulary.

    Parameters
    ----------
    max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, output_mode, invert, **options
        As for `Lookup`.

    Examples
    --------
    >>> IntegerLookup(vocabulary=[12, 36])(np.array([36, 5])).tolist()
    [2, 0]
    """

    kind = int

    def __init__(
        self, max_tokens: int | None = None, num_oov_indices: int = 1, mask_token: Any = None,
        oov_token: Any = -1, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(max_tokens, num_oov_indices, mask_token, oov_token, **options)


class StringLookup(Lookup):
    """Strings as numbers from 0; see `Lookup`.

    Parameters
    ----------
    max_tokens, num_oov_indices, mask_token, oov_token, vocabulary, output_mode, invert, **options
        As for `Lookup`.

    Examples
    --------
    >>> layer = StringLookup()
    >>> layer.adapt(["b", "a", "b"])
    >>> layer.get_vocabulary(), layer(np.array(["a", "c"])).tolist()
    (['[UNK]', 'b', 'a'], [2, 0])
    """

    kind = str

    def __init__(
        self, max_tokens: int | None = None, num_oov_indices: int = 1, mask_token: Any = None,
        oov_token: Any = "[UNK]", **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(max_tokens, num_oov_indices, mask_token, oov_token, **options)
