"""What `autograd.scipy.ndimage` is made of."""
