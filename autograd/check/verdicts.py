"""What can be said of a derivative."""

OK, KINK, UNRESOLVED, WRONG, NOT_FINITE, DISCONTINUOUS, RANDOM, MISSHAPEN = range(8)

#: The verdicts by their number, as reports show them.
VERDICTS = (
    "ok",
    "kink",
    "unresolved",
    "WRONG",
    "not finite",
    "discontinuous",
    "not deterministic",
    "wrong shape",
)

#: What those mean that do not speak for themselves.
MEANING = {
    "kink": "left and right derivative differ, and the claimed one lies between them",
    "unresolved": "the numerical derivative is too uncertain to tell",
    "not finite": "the function or its derivative is infinite or NaN here",
    "discontinuous": "the function jumps here, so that it has no derivative",
    "not deterministic": "the function gives another result at the same inputs",
    "wrong shape": "the gradient does not have the shape of the input",
}
