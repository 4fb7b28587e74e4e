"""Why a derivative is wrong: hypotheses, each verified numerically before it is reported.

`numbers` looks at the wrong gradient alone, `function` differentiates the function with a mistake,
`gradient` runs a hand-written gradient with a correction, and `locate` compares the recorded
operations of the function one by one. `reasons` tries them in turn.
"""
