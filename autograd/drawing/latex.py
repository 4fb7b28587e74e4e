"""Formulas in LaTeX."""

from __future__ import annotations

import re

from autograd.drawing.formulas import BEGIN_WORDS, END_WORDS
from autograd.drawing.graph import Item
from autograd.drawing.local_derivative import TOKEN

FUNCTIONS = [
    "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "arcsin", "arccos", "arctan",
    "max", "min",
]  # fmt: skip
SIGNS = {
    "·": r"\cdot",
    "×": r"\times",
    "−": "-",
    "≥": r"\ge",
    "≤": r"\le",
    "≠": r"\ne",
    "∂": r"\partial ",
    "π": r"\pi ",
    "Σ": r"\sum ",
    "ᵀ": r"^{\top}",
    "ᴴ": r"^{*}",
    "…": r"\dots ",
    "±": r" \pm ",
    "%": r"\%",
    "∗": r"*",
    "⋆": r"\star ",
    "ĝ": r"\hat{g}",
    "x̂": r"\hat{x}",
    "δ": r"\delta ",
    "μ": r"\mu ",
    "σ": r"\sigma ",
}
SUPERSCRIPT = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
SUBSCRIPT = str.maketrans("ₜ₊₋₁", "t+-1")


def latex(text: str, items: dict[int, Item]) -> str:
    """Turn a formula, nodes as ``⟦number⟧`` and words marked, into LaTeX."""
    text = re.sub(r"\^\(([^()]*)\)", r"^{\1}", text)
    text = re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda s: f"^{{{s[0].translate(SUPERSCRIPT)}}}", text)
    text = re.sub(
        r"(?<=\d)e\+?([-−]?)0*(\d+)",
        lambda power: rf" \cdot 10^{{{power[1] and '-'}{power[2]}}}",
        text,
    )
    parts = re.split(f"{BEGIN_WORDS}(.*?){END_WORDS}", _roots(text))
    parts[::2] = map(_symbols, parts[::2])
    parts[1::2] = [rf"\text{{ {escaped(words)} }}" for words in parts[1::2]]
    return TOKEN.sub(lambda token: latex_name(items[int(token[1])]), "".join(parts)).strip()


def _symbols(text: str) -> str:
    """Write the names and signs of a formula."""
    words = {name: rf"\{name}" for name in FUNCTIONS}

    def word(found: re.Match[str]) -> str:
        name = found[0]
        return words.get(name) or (name if len(name) == 1 else rf"\mathrm{{{escaped(name)}}}")

    text = re.sub(r"(?<![\\\w{⟦])[A-Za-z_][A-Za-z_0-9]*", word, text)
    for sign, written in SIGNS.items():
        text = text.replace(sign, written)
    return re.sub("[ₜ₊₋₁]+", lambda s: f"_{{{s[0].translate(SUBSCRIPT)}}}", text)


def _roots(text: str) -> str:
    """Write ``√x`` and ``√(x)`` as roots with a bar over the radicand."""
    while (start := text.find("√")) >= 0:
        depth, end = 0, start + 1
        while end < len(text):
            depth += (text[end] in "(⟦") - (text[end] in ")⟧")
            end += 1
            if depth == 0 and (end == len(text) or not text[end].isalnum()):
                break
        inner = text[start + 1 : end]
        if inner.startswith("(") and inner.endswith(")"):
            inner = inner[1:-1]
        text = f"{text[:start]}\\sqrt{{{inner}}}{text[end:]}"
    return text


def latex_name(item: Item) -> str:
    """Write the name of a node: a letter with its number as an index, or a word upright."""
    found = re.fullmatch(r"([A-Za-z])_?(\d+)", item.name)
    if found:
        return f"{found[1]}_{{{found[2]}}}"
    return item.name if re.fullmatch("[A-Za-z]", item.name) else rf"\mathrm{{{escaped(item.name)}}}"


def escaped(words: str) -> str:
    """Escape the characters that mean something in LaTeX's mathematics."""
    words = words.replace("\\", r"\backslash ")
    return re.sub(r"([#$%&_{}])", r"\\\1", words).replace("^", r"\hat{}").replace("~", r"\sim ")
