"""What kind of mistake turns one line into another: by the tokens that differ."""

import difflib
import io
import tokenize

SIGNS = {"+", "-", "+=", "-="}
COMPARISONS = {"<", ">", "<=", ">=", "==", "!=", "~"}
KEYWORDS = {"axis", "keepdims", "ddof"}


def tokens_of(text):
    """Return the tokens of a line; of a part of a statement, those up to where it breaks off."""
    found = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text.strip()).readline):
            if token.string.strip():
                found.append(token.string)
    except tokenize.TokenError:
        pass
    return found


def kind_of(right, wrong):
    """Return the kind of a mistake in words."""
    if not wrong.strip():
        return "a statement that is missing"
    if not right.strip():
        return "a statement too many"
    before, after = tokens_of(right), tokens_of(wrong)
    lost, new, keyword = [], [], False
    for tag, i, j, k, m in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if tag != "equal":
            lost += before[i:j]
            new += after[k:m]
            keyword |= bool(KEYWORDS & {*before[max(i - 2, 0) : j], *after[k:m]})
    return kind_of_tokens(lost, new, keyword)


def kind_of_tokens(lost, new, keyword):
    changed = {*lost, *new}
    names = [token for token in changed if token.isidentifier()]
    if keyword:
        return "axis, keepdims or ddof"
    if changed <= SIGNS | {"(", ")"}:
        return "a sign"
    if changed <= SIGNS | {"="}:
        return "= for +="
    if "T" in changed and len(changed) <= 4:
        return "a transpose"
    if changed & COMPARISONS:
        return "a comparison or mask"
    if not new:
        return "a factor, term or function that is missing"
    if not lost:
        return "a factor, term or function too many"
    if len(lost) == len(new) == 1:
        return "another name" if len(names) == 2 else "another number or operator"
    if sorted(lost) == sorted(new):
        return "operands swapped"
    return "several tokens"
