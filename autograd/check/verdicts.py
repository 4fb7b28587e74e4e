"""The possible verdicts on a derivative."""

OK, KINK, UNRESOLVED, WRONG, NOT_FINITE, DISCONTINUOUS, RANDOM, MISSHAPEN = range(8)

#: The verdict until there is one; it stays if the check is interrupted.
NOT_COMPARED = 8

#: The verdict on derivatives that are zero because the result ignores the inputs.
IGNORED = 9

#: The names of the verdicts in reports, by their number.
VERDICTS = (
    "ok",
    "kink",
    "unresolved",
    "WRONG",
    "not finite",
    "discontinuous",
    "not deterministic",
    "wrong shape",
    "not compared",
    "ignored",
)

#: Explanations of the verdicts that need one.
MEANING = {
    "kink": "left and right derivative differ, and the claimed one lies between them",
    "unresolved": "the numerical derivative is too uncertain to tell",
    "not finite": "the function or its derivative is infinite or NaN here",
    "discontinuous": "the function jumps here, so it has no derivative",
    "not deterministic": "the function returns different results at the same inputs",
    "not compared": "the check was interrupted before",
    "ignored": "the result does not depend on the inputs",
    "wrong shape": "the gradient does not have the shape of the input",
}
