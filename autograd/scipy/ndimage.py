"""`scipy.ndimage` with derivatives: filters, splines, and arrays at other coordinates."""

from __future__ import annotations

import scipy.ndimage as _original

from autograd.scipy.fallback import names_of as _names_of
from autograd.scipy.images.coordinates import map_coordinates as map_coordinates
from autograd.scipy.images.filters import convolve as convolve
from autograd.scipy.images.filters import convolve1d as convolve1d
from autograd.scipy.images.filters import correlate as correlate
from autograd.scipy.images.filters import correlate1d as correlate1d
from autograd.scipy.images.filters import gaussian_filter as gaussian_filter
from autograd.scipy.images.filters import gaussian_filter1d as gaussian_filter1d
from autograd.scipy.images.filters import gaussian_gradient_magnitude as gaussian_gradient_magnitude
from autograd.scipy.images.filters import gaussian_laplace as gaussian_laplace
from autograd.scipy.images.filters import laplace as laplace
from autograd.scipy.images.filters import prewitt as prewitt
from autograd.scipy.images.filters import sobel as sobel
from autograd.scipy.images.filters import uniform_filter as uniform_filter
from autograd.scipy.images.filters import uniform_filter1d as uniform_filter1d
from autograd.scipy.images.moving import affine_transform as affine_transform
from autograd.scipy.images.moving import rotate as rotate
from autograd.scipy.images.moving import shift as shift
from autograd.scipy.images.moving import zoom as zoom
from autograd.scipy.images.ranks import black_tophat as black_tophat
from autograd.scipy.images.ranks import grey_closing as grey_closing
from autograd.scipy.images.ranks import grey_dilation as grey_dilation
from autograd.scipy.images.ranks import grey_erosion as grey_erosion
from autograd.scipy.images.ranks import grey_opening as grey_opening
from autograd.scipy.images.ranks import maximum_filter as maximum_filter
from autograd.scipy.images.ranks import maximum_filter1d as maximum_filter1d
from autograd.scipy.images.ranks import median_filter as median_filter
from autograd.scipy.images.ranks import minimum_filter as minimum_filter
from autograd.scipy.images.ranks import minimum_filter1d as minimum_filter1d
from autograd.scipy.images.ranks import morphological_gradient as morphological_gradient
from autograd.scipy.images.ranks import percentile_filter as percentile_filter
from autograd.scipy.images.ranks import rank_filter as rank_filter
from autograd.scipy.images.ranks import white_tophat as white_tophat
from autograd.scipy.images.splines import spline_filter as spline_filter
from autograd.scipy.images.splines import spline_filter1d as spline_filter1d
from autograd.scipy.lists import take_lists as _take_lists

__all__ = list(_original.__all__)

__getattr__ = _names_of(_original, "scipy.ndimage")


def __dir__() -> list[str]:
    return sorted({*dir(_original), *globals()})


_take_lists(globals(), _original)
