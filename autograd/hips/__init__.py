"""HIPS autograd's API, for programs written for it.

These programs import `autograd.numpy`, `autograd.extend` and so on; `autograd.aliases` maps these
names to the modules of this package.
"""
