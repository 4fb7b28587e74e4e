"""Compute the terms that a program was read as, with NumPy: an oracle for reading."""

import numpy as np

from autograd.program.formulas.terms import Kind, computed, in_order, letter_of
from autograd.program.instructions import substituted


def evaluate(roots, values):
    """Compute terms from the numbers and arrays of the inputs."""
    roots, found = list(roots), {}
    with np.errstate(all="ignore"):
        for term in in_order(*roots):
            known = values.get(term)
            parts = [found[part] for part in term.parts]
            found[term] = value(term, parts) if known is None else known
    return [found[root] for root in roots]


def value(term, parts):
    """Compute a term from its parts."""
    return KINDS.get(term.kind, computed)(term, parts)


def matmul(term, parts):
    total = parts[0]
    for x in parts[1:]:
        total = np.matmul(total, x)
    return total


def softmax(term, parts):
    shifted = np.exp(parts[0] - np.max(parts[0], axis=term.detail, keepdims=True))
    return shifted / np.sum(shifted, axis=term.detail, keepdims=True)


def reduction(term, parts):
    operation, axes, keep = term.detail
    return getattr(np, operation)(parts[0], axis=axes, keepdims=keep)


def filled(arguments, parts):
    """Put numbers into nested arguments, of the kind that the program has there."""
    left, kinds = iter(parts), {"i": int, "u": int, "b": bool}

    def number(x):
        part, kind = next(left), kinds.get(letter_of(x))
        return np.asarray(part)[()] if kind is None else np.asarray(part).astype(kind)[()]

    return substituted(arguments, number)


def update(term, parts):
    call, adds = term.detail
    changed = np.array(parts[0], np.result_type(parts[0], parts[1]))
    index = filled(call.arguments, parts[2:])
    if adds:
        np.add.at(changed, index, parts[1])
    else:
        changed[index] = parts[1]
    return changed


def call(term, parts):
    arguments, keywords = filled((term.detail.arguments, term.detail.keywords), parts)
    result = term.detail.function(*arguments, **keywords)
    for position in term.detail.path:
        result = result[position]
    return result


KINDS = {
    Kind.SYMBOL: lambda term, parts: np.eye(*term.shape),
    Kind.MATMUL: matmul,
    Kind.SOFTMAX: softmax,
    Kind.REDUCE: reduction,
    Kind.UPDATE: update,
    Kind.CALL: call,
    Kind.TRANSPOSE: lambda term, parts: np.transpose(parts[0], term.detail),
    Kind.SPREAD: lambda term, parts: np.broadcast_to(parts[0], term.shape),
    Kind.RESHAPE: lambda term, parts: np.reshape(parts[0], term.shape),
    Kind.INDEX: lambda term, parts: parts[0][filled(term.detail.arguments, parts[1:])],
}
