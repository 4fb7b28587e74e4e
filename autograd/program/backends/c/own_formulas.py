"""Elementwise functions whose C the user has written, as formulas."""

from __future__ import annotations

from autograd.program.backends.c import cache
from autograd.program.backends.c.formulas import Formula
from autograd.rules.in_c import CText

_ELEMENT = """\
#ifndef {guard}
#define {guard}
static inline {t} {name}({parameters}) {{
    {unused}
    return ({t})(
{text}
    );
}}
#endif
"""


def formula_of(text: CText) -> Formula:
    """Return the formula of an elementwise function whose C is known."""
    key = f"own_{cache.key_of(text.text, *text.names)[:16]}_"

    def definition(t: str, s: str) -> str:
        return _ELEMENT.format(
            guard=f"{key}{s}".upper(),
            name=f"{key}{s}",
            t=t,
            parameters=", ".join(f"{t} {name}" for name in text.names),
            unused=" ".join(f"(void){name};" for name in text.names),
            text=text.text,
        )

    operands = ", ".join(f"{{{k}}}" for k in range(len(text.names)))
    calls = key if "(" in text.text else ""
    return Formula(f"{key}{{s}}({operands})", calls=calls, definition=definition)
