"""Keras' layers that make numbers of texts: `TextVectorization`, and `Hashing` of words."""

from __future__ import annotations

import math
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from autograd.errors import OptionError, ShapeError
from nn.arrays import is_array, plain
from nn.keras_style.fingerprints import farm, siphash
from nn.keras_style.layers.encodings import Encoding, Lookup, encoded
from nn.keras_style.symbolic import is_tried

STANDARDIZE = (None, "lower_and_strip_punctuation", "lower", "strip_punctuation")
SPLIT = (None, "whitespace", "character")
TEXT_MODES = ("int", "multi_hot", "count", "tf_idf")

_WITHOUT_PUNCTUATION = str.maketrans("", "", string.punctuation)
_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)  # other letters stay
_WORD = re.compile(r"[^ \t\n\r\f\v]+")


class TextVectorization(Lookup):
    """Texts as the numbers of their words, or as a vector of the words in them.

    Parameters
    ----------
    max_tokens : int, optional
        The largest number of words, with those that stand for others.
    standardize : {"lower_and_strip_punctuation", "lower", "strip_punctuation", None} or callable
        What is done to a text first; a function gets an array of texts.
    split : {"whitespace", "character", None} or callable
        How to make words of a text; a function gets an array of texts, and returns a list of words
        for each.
    ngrams : int or tuple of int, optional
        How many words are joined to one; an integer stands for all numbers up to it.
    output_mode : {"int", "multi_hot", "count", "tf_idf"}
        The number of each word, where 0 fills up and 1 is an unknown word; or a vector of ones, of
        counts, or of counts times ``log(1 + texts / (1 + texts with the word))``.
    output_sequence_length : int, optional
        The number of words in a text, cut or filled up; by default that of the longest in a batch.
    pad_to_max_tokens : bool
        Whether vectors have `max_tokens` numbers though there are fewer words.
    vocabulary : list of str, optional
        The words; or `adapt` finds them.
    idf_weights : list of float, optional
        The factors of these words, for ``output_mode="tf_idf"``.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> layer = TextVectorization(output_sequence_length=4)
    >>> layer.adapt(["The cat sat.", "The dog!"])
    >>> layer.get_vocabulary()
    ['', '[UNK]', 'the', 'sat', 'dog', 'cat']
    >>> layer(["A dog sat"]).tolist()
    [[1, 4, 3, 0]]
    """

    kind = str
    fixed = ("num_oov_indices", "mask_token", "oov_token", "invert")

    def __init__(
        self, max_tokens: int | None = None,
        standardize: str | Callable[..., Any] | None = "lower_and_strip_punctuation",
        split: str | Callable[..., Any] | None = "whitespace", ngrams: Any = None,
        output_mode: str = "int", output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False, vocabulary: Any = None, idf_weights: Any = None,
        **options: Any,
    ) -> None:  # fmt: skip
        mode = output_mode.replace("-", "_")
        for name, given, known in (
            ("standardize", standardize, STANDARDIZE), ("split", split, SPLIT),
            ("output_mode", mode, TEXT_MODES),
        ):  # fmt: skip
            if not callable(given) and given not in known:
                raise OptionError(f"{name}={given!r} must be one of {known}.")
        if pad_to_max_tokens and max_tokens is None:
            raise OptionError("pad_to_max_tokens=True needs max_tokens=.")
        if (idf_weights is not None) and mode != "tf_idf":
            raise OptionError('idf_weights= is for output_mode="tf_idf".')
        if options.pop("encoding", "utf-8") not in (None, "utf-8"):
            raise OptionError('encoding= must be "utf-8".')
        super().__init__(max_tokens, 1, "", "[UNK]", output_mode="int", **options)
        self.standardize, self.split, self.ngrams = standardize, split, ngrams
        self.output_mode, self.output_sequence_length = mode, output_sequence_length
        self.pad_to_max_tokens = pad_to_max_tokens
        self.vocabulary = None if vocabulary is None else self._without_special(vocabulary)
        self.idf_weights = None if idf_weights is None else [float(x) for x in idf_weights]
        self.autocast = ""

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Take the vocabulary from texts: the most frequent words first.

        Parameters
        ----------
        data : list of str, array of str, or iterable of batches of these
            The texts.
        batch_size : int, optional
            Accepted, and ignored.
        steps : int, optional
            How many batches to read.
        """
        del batch_size
        is_one = is_array(data) or isinstance(data, (list, tuple))
        batches: Iterable[Any] = [data] if is_one else data
        counts: Counter[str] = Counter()
        texts: Counter[str] = Counter()
        total = 0
        for number, batch in enumerate(batches):
            if steps is not None and number >= steps:
                break
            for words in self.words(batch):
                counts.update(words)
                texts.update(set(words))
                total += 1
        self.learn(counts)
        if self.output_mode == "tf_idf":
            found = self.vocabulary or []
            self.idf_weights = [math.log(1 + total / (1 + texts[word])) for word in found]

    def words(self, texts: Any) -> list[list[str]]:
        """Return the words of each text.

        Parameters
        ----------
        texts : array_like of str, shape (texts,) or (texts, 1)
            The texts.
        """
        given = np.asarray(plain(texts))
        if given.ndim == 2 and given.shape[1] == 1 and self.split is not None:
            given = given[:, 0]
        if given.ndim != 1 + (self.split is None and given.ndim == 2):
            raise ShapeError(
                f"{self.name} got texts of shape {given.shape}; it takes (texts,) or (texts, 1)."
            )
        if callable(self.standardize):
            given = np.asarray(self.standardize(given))
        rows = [[self._standard(t) for t in np.ravel(row).tolist()] for row in given]
        if callable(self.split):
            rows = [list(map(str, words)) for words in self.split(np.asarray([r[0] for r in rows]))]
        elif self.split is not None:
            parts = _WORD.findall if self.split == "whitespace" else list
            rows = [parts(row[0]) for row in rows]
        return [self._joined(row) for row in rows]

    def _standard(self, text: str) -> str:
        kind = "" if self.standardize is None or callable(self.standardize) else self.standardize
        text = text.translate(_LOWER) if "lower" in kind else text
        return text.translate(_WITHOUT_PUNCTUATION) if "punctuation" in kind else text

    def _joined(self, words: list[str]) -> list[str]:
        if self.ngrams is None:
            return words
        counts = range(1, self.ngrams + 1) if isinstance(self.ngrams, int) else self.ngrams
        return [
            " ".join(words[i : i + n]) for n in counts for i in range(len(words) - n + 1)
        ]  # fmt: skip

    def call(self, inputs: Any) -> Any:
        """Return the numbers of words, or a vector for each text.

        Parameters
        ----------
        inputs : array_like of str, shape (texts,) or (texts, 1)
            The texts.
        """
        if is_tried():
            count = len(inputs)  # a number of words that is not known differs in two trials
            length = self.output_sequence_length or count
            return np.zeros((count, length if self.output_mode == "int" else self._size()),
                            np.int64 if self.output_mode == "int" else self.dtype)  # fmt: skip
        single = not np.ndim(inputs)
        rows = self.words([inputs] if single else inputs)
        if self.vocabulary is None:
            raise OptionError(f"{self.name} has no vocabulary: write layer.adapt(data) first.")
        known = {word: i for i, word in enumerate(self.get_vocabulary())}
        unknown = len(self._special()) - 1
        places = [[known.get(word, unknown) for word in row] for row in rows]
        found = self._numbers(places) if self.output_mode == "int" else self._vectors(places)
        return found[0] if single else found

    def _numbers(self, places: list[list[int]]) -> Any:
        length = self.output_sequence_length
        length = max(map(len, places), default=0) if length is None else length
        found = np.zeros((len(places), length), np.int64)
        for row, given in zip(found, places, strict=True):
            row[: len(given)] = given[:length]
        return found

    def _size(self) -> int:
        own = len(self.get_vocabulary())
        return int(self.max_tokens or own) if self.pad_to_max_tokens else own

    def _vectors(self, places: list[list[int]]) -> Any:
        size = self._size()
        found = np.stack([np.bincount(row, minlength=size) for row in places]).astype(self.dtype)
        if self.output_mode == "multi_hot":
            return np.minimum(found, 1)
        if self.output_mode == "count":
            return found
        if self.idf_weights is None:
            raise OptionError(f"{self.name} has no idf_weights: write layer.adapt(data) first.")
        factors = np.zeros(size, self.dtype)  # that of unknown words is the mean
        factors[: len(self.idf_weights) + 1] = [np.mean(self.idf_weights), *self.idf_weights]
        return found * factors


class Hashing(Encoding):
    """Words, or whole numbers as words, as the rest of a hash divided by a number of bins.

    Parameters
    ----------
    num_bins : int
        The number of bins.
    mask_value : str or int, optional
        What is in bin 0, where nothing else then is.
    salt : int or pair of int, optional
        The key of SipHash; without it the hash is FarmHash's, the same in all programs.
    output_mode : {"int", "one_hot", "multi_hot", "count"}
        As for `Encoding`.
    **options
        Options of `Layer`.

    Examples
    --------
    >>> Hashing(3)(np.array([["A"], ["B"], ["C"], ["D"], ["E"]])).ravel().tolist()
    [1, 0, 1, 1, 2]
    >>> Hashing(3, salt=133)(np.array(["A", "B", "C", "D", "E"])).tolist()
    [0, 0, 2, 1, 0]
    """

    def __init__(
        self, num_bins: int, mask_value: Any = None, salt: Any = None, output_mode: str = "int",
        **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(output_mode, **options)
        if not num_bins or num_bins < 0:
            raise OptionError(f"num_bins={num_bins} must be at least 1.")
        is_pair = isinstance(salt, (list, tuple)) and len(salt) == 2
        if salt is not None and not is_pair and not isinstance(salt, int):
            raise OptionError(f"salt={salt!r} must be an integer, or two.")
        self.num_bins, self.mask_value = num_bins, mask_value
        self.salt = [salt, salt] if isinstance(salt, int) else salt

    def call(self, inputs: Any) -> Any:
        """Return the bins.

        Parameters
        ----------
        inputs : array_like of str or int
            The words or numbers; of floats the whole part counts.
        """
        given = np.asarray(plain(inputs))
        words = given.astype(np.int64) if given.dtype.kind == "f" else given
        has_mask = self.mask_value is not None and self.num_bins > 1
        bins = self.num_bins - has_mask
        flat = [str(word).lower() if given.dtype.kind == "b" else word for word in words.ravel()]
        known = {word: self._hash(str(word).encode()) % bins + has_mask for word in set(flat)}
        found = np.array([known[word] for word in flat], np.int64).reshape(given.shape)
        if has_mask:
            found = np.where(given == self.mask_value, 0, found)
        return encoded(found, self.num_bins, self.output_mode, self.dtype)

    def _hash(self, word: bytes) -> int:
        return farm(word) if self.salt is None else siphash(word, self.salt)
