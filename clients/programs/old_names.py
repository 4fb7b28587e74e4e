"""Names that NumPy has dropped and that some programs still use."""

import numpy

import autograd.numpy

for _old, _new in {"product": "prod", "trapz": "trapezoid", "float_": "float64"}.items():
    for _module in (numpy, autograd.numpy):
        if _old not in vars(_module):
            setattr(_module, _old, getattr(_module, _new))
