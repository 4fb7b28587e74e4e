"""All tables of right gradients."""

from check.right.arrays import ARRAYS
from check.right.kinks import KINKS
from check.right.networks import NETWORKS
from check.right.numbers import ROUNDING, SCALES, SPECIAL
from check.right.solvers import SOLVERS

TABLES = [*NETWORKS, *KINKS, *SOLVERS, *SPECIAL, *SCALES, *ROUNDING, *ARRAYS]
