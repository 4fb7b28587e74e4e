from collections.abc import Callable
from typing import Any, final

@final
class Route:
    run: Callable[..., Any]
    runs: int
    def __init__(
        self,
        kinds: tuple[Any, ...],
        run: Callable[..., Any],
        rest: Callable[[], bool] | None,
        entries: tuple[Any, ...],
        cells: tuple[Any, ...],
        attributes: tuple[Any, ...],
        codes: tuple[Any, ...],
        lists: tuple[Any, ...],
        missing: Any,
    ) -> None: ...

class Front:
    _route: Route | None
    def __call__(self, *arguments: Any, **keywords: Any) -> Any: ...
    @staticmethod
    def watch(state: Any, /) -> None: ...

@final
class Function:
    def __init__(self, address: int, library: Any) -> None: ...
    def __call__(self, arguments: tuple[Any, ...], /) -> int: ...

@final
class Numbers:
    def __init__(
        self,
        function: Function,
        inputs: int,
        results: Any,
        after: tuple[Any, ...],
        again: Callable[..., Any],
    ) -> None: ...
    def __call__(self, *numbers: float) -> tuple[float, ...]: ...
