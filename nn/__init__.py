"""Neural networks, thin, on top of `autograd`: made of Values, one number at a time."""

from nn.scalar import MLP, Layer, Module, Neuron

__all__ = ["MLP", "Layer", "Module", "Neuron"]
