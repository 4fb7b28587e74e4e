"""For griffe: leave out of signatures the parameters that the library keeps to itself."""

from __future__ import annotations

from typing import Any

import griffe


class PublicParameters(griffe.Extension):
    """Remove parameters whose name begins with an underscore."""

    def on_function_instance(self, *, func: griffe.Function, **_: Any) -> None:
        """Look at one function, as soon as it is read."""
        func.parameters = griffe.Parameters(
            *[parameter for parameter in func.parameters if not parameter.name.startswith("_")]
        )
