"""Find the wrong line of a backward pass by the values it computes.

Every expression of the user's code that runs is probed (`codes`, `probes`), whatever NumPy it is
written in. The record of the function knows what the right values are: every intermediate result
and the derivative with respect to it (`right`). A suspect is an expression whose value, replaced by
a right one, makes all derivatives right, here and at another point (`search`). `message` says so.
"""
