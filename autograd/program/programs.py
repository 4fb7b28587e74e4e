"""The programs that `jit` has recorded of a function: what runs them, and their source."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from autograd.errors import SourceError
from autograd.program import structure
from autograd.program.backends.report import in_words
from autograd.program.native.routes import Front
from autograd.program.path import Path
from autograd.program.program import WRITERS, Program, kind_of
from autograd.program.tracing import RECORDING, trace


class Programs(Front):  # type: ignore[misc]
    """A function, and the programs of it.

    Attributes
    ----------
    function : callable
        The function itself.
    not_followed : dict
        By signature, why the function itself is called and no program.
    """

    function: Callable[..., Any]
    not_followed: dict[Any, str]
    _cache: dict[Any, list[Path]]
    _counted: dict[Any, Any]

    @property
    def programs(self) -> list[Program]:
        """The programs that have been recorded and are still right: one for each branch."""
        with RECORDING:
            found = [x for paths in self._cache.values() for x in paths if x.holds()]
            counting = [x for x in self._counted.values() if isinstance(x, Programs)]
            return [x.recorded for x in found] + [p for x in counting for p in x.programs]

    def summary(self) -> str:
        """Return what runs each program, and why C does not run more of it.

        Returns
        -------
        str
            For each program its size and what runs it; for signatures without one, why.

        Examples
        --------
        >>> from autograd import jit
        >>> size = jit(lambda x: x if x > 0 else -x, backend="numpy")
        >>> size(2.0)
        2.0
        >>> print(size.summary())
        <lambda>: 1 instruction, 1 guard
            NumPy runs it
        """
        with RECORDING:
            paths = [path for paths in self._cache.values() for path in paths]
            programs = [(path.recorded, path.report) for path in paths]
            name = getattr(self, "__name__", "the function")
            return in_words(name, programs, self.not_followed.values())

    def source(self, *arguments: Any, **keywords: Any) -> str:
        """Return the programs for these arguments as one function of NumPy.

        Parameters
        ----------
        *arguments, **keywords
            Arguments of the function. If no programs are recorded for their types and shapes, one
            is, without keeping it. Without arguments, all programs are written, which must have
            been recorded for the same types and shapes.

        Returns
        -------
        str
            Imports and one function, with an ``if`` where the recorded branches part.

        Examples
        --------
        >>> from autograd import jit
        >>> size = jit(lambda x: x if x > 0 else -x)
        >>> size(2.0), size(-3.0)
        (2.0, 3.0)
        >>> size.source().count("return")
        2
        """
        return str(WRITERS["source"](self._programs(arguments, keywords), ""))

    def save(
        self,
        path: str | os.PathLike[str],
        *arguments: Any,
        name: str = "",
        sources: Mapping[Any, Any] | None = None,
        **keywords: Any,
    ) -> None:
        """Save the programs for these arguments as a module that needs nothing but NumPy.

        Parameters
        ----------
        path : str or path_like
            The file.
        *arguments, **keywords
            Arguments of the function, as for `source`.
        name, sources : str and mapping
            As for `Program.save`.
        """
        WRITERS[kind_of(path)](self._programs(arguments, keywords), path, name, sources)

    def _programs(self, arguments: Any, keywords: Any) -> list[Program]:
        """Return the programs for some arguments."""
        if not arguments and not keywords:
            signatures = {key: paths for key, paths in self._cache.items() if paths}
            if len(signatures) != 1:
                raise SourceError(
                    f"There are programs for {len(signatures)} signatures; pass arguments that say "
                    "which ones to write."
                )
            (paths,) = signatures.values()
        else:
            key: list[Any] = []
            for x in arguments:
                structure.flatten(x, [], key)
            if keywords:
                key.append(None)
                structure.flatten(keywords, [], key)
            paths = self._cache.get(tuple(key), [])
        found = [path.recorded for path in paths if path.holds()]
        return found or [trace(self.function)(*arguments, **keywords)]
