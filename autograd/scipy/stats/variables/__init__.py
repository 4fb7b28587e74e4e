"""Random variables as objects: `scipy.stats.Normal`, `make_distribution`, `truncate` and others."""

from __future__ import annotations

from autograd.scipy.stats.variables.derived import Mixture as Mixture
from autograd.scipy.stats.variables.derived import abs as abs
from autograd.scipy.stats.variables.derived import exp as exp
from autograd.scipy.stats.variables.derived import log as log
from autograd.scipy.stats.variables.derived import order_statistic as order_statistic
from autograd.scipy.stats.variables.derived import truncate as truncate
from autograd.scipy.stats.variables.families import Binomial as Binomial
from autograd.scipy.stats.variables.families import Logistic as Logistic
from autograd.scipy.stats.variables.families import Normal as Normal
from autograd.scipy.stats.variables.families import Uniform as Uniform
from autograd.scipy.stats.variables.families import make_distribution as make_distribution
