"""The version of the distribution, and the names of its packages."""

VERSION = "0.1.0"

#: The first names of the modules of this distribution.
PACKAGES = ("autograd", "nn")
