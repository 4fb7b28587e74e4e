"""For ProperDocs: convert formulas, `$...$` and `$$...$$`, to MathML, which browsers render."""

from __future__ import annotations

import html
import logging
import re
from typing import Any

from latex2mathml.converter import convert

LOG = logging.getLogger("properdocs.hooks.formulas")

#: The output of the extension `pymdownx.arithmatex` for a formula.
FORMULA = re.compile(
    r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL | re.IGNORECASE
)


#: LaTeX commands that the converter does not know.
UNKNOWN = re.compile(r"<m[io]>(\\[A-Za-z]+|&)</m[io]>")

#: A named function, such as log or sin², that is no part of a power, an index or a fraction.
_NAME = r"<mi>[A-Za-z]{2,}</mi>"
_ALONE = "".join(f"(?<!<{tag}>)" for tag in ("msub", "msup", "msubsup", "mfrac", "mover", "munder"))
_NAMED = rf"(?:{_ALONE}{_NAME}|<msup>{_NAME}<m[in]>[^<]*</m[in]></msup>)"
BEFORE = re.compile(rf"(</m(?:i|n|sub|sup|frac|sqrt)>)(?={_NAMED})")
AFTER = re.compile(rf"({_NAMED})(?=<m(?:i|n|sub|sup|subsup|frac|sqrt|over)\b)")
SPACE = r'\1<mspace width="0.17em"></mspace>'


def on_page_content(content: str, page: Any, **_: Any) -> str:
    """Replace the formulas in the HTML of a page."""

    def mathml(found: re.Match[str]) -> str:
        tag, opening, latex = found.groups()
        latex = html.unescape(latex).replace("{aligned}", "{align*}")  # the same, in a display
        made: str = convert(latex, display="block" if opening == "[" else "inline")
        made = AFTER.sub(SPACE, BEFORE.sub(SPACE, made))
        for unknown in UNKNOWN.findall(made):
            LOG.warning("%s: %s cannot be written as MathML: %s", page.file.src_uri, unknown, latex)
        return f'<{tag} class="formula">{made}</{tag}>'

    return FORMULA.sub(mathml, content)
