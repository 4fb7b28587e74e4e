"""Verify gradients: derivatives against finite differences."""
