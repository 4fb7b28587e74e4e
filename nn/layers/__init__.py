"""Layers: modules and the functions that they apply."""
