"""Find the wrong line of a hand-written derivative: change it, run it, compare.

`sources` finds the user's functions that the backward pass executes, `statements` their executed
statements, and `mutations` is the table of changes. `recompile` makes code of a changed function,
`trial` runs it where it can do no harm, `oracle` knows the right derivatives at several points,
`search` tries the changes, the simple ones first, and `ranking` and `wording` choose what is said.
"""
