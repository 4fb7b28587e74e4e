"""For griffe: omit private parameters from signatures."""

from __future__ import annotations

from typing import Any

import griffe


class PublicParameters(griffe.Extension):
    """Remove parameters whose names start with an underscore."""

    def on_function_instance(self, *, func: griffe.Function, **_: Any) -> None:
        """Process one function when it is parsed."""
        func.parameters = griffe.Parameters(
            *[parameter for parameter in func.parameters if not parameter.name.startswith("_")]
        )
