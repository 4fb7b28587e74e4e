"""Neural networks, thin, on top of `autograd`."""
