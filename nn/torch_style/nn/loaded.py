"""What loading a state found, and did not."""

from __future__ import annotations

from typing import NamedTuple


class LoadedKeys(NamedTuple):
    """What `Module.load_state_dict` did not find, or did not need."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self[0]}, unexpected_keys={self[1]})"
