"""What to write for the layers of Keras that are not here."""

from __future__ import annotations

#: By the name of a layer in Keras, what to write.
LAYERS = {
    "ActivityRegularization": "a loss of your own with a penalty",
    "AlphaDropout": "nn.AlphaDropout(rate)",
    "Attention": "MultiHeadAttention, or nn.functional.scaled_dot_product_attention(q, k, v)",
    "CategoryEncoding": "keras.utils.to_categorical before training",
    "Conv3DTranspose": "nn.ConvTranspose3d(channels, filters, size, stride)",
    "ConvLSTM2D": "a layer of your own that steps through the images",
    "Discretization": "numpy.digitize before training",
    "EinsumDense": "numpy.einsum in a layer of your own",
    "GroupNormalization": "nn.GroupNorm(groups, channels), for images (batch, channels, ...)",
    "Hashing": "integers of your own before training",
    "IntegerLookup": "a dict or numpy.unique before training",
    "RNN": "LSTM, GRU or SimpleRNN, or a layer of your own that steps through the sequence",
    "RandomFlip": "functions of NumPy on the batches",
    "RandomRotation": "functions of NumPy on the batches",
    "RandomZoom": "functions of NumPy on the batches",
    "Resizing": "nn.functional.interpolate",
    "SpectralNormalization": "nn.utils.parametrizations",
    "StackedRNNCells": "several layers, all but the last with return_sequences=True",
    "StringLookup": "a dict or numpy.unique before training",
    "TextVectorization": "integers of your own before training, with keras.utils.pad_sequences",
    "UnitNormalization": "x / numpy.linalg.norm(x, axis=-1, keepdims=True) in a Lambda",
}


def advice_for(name: str) -> str:
    """Return what to write for a layer, as a sentence.

    Examples
    --------
    >>> advice_for("IntegerLookup")
    'write a dict or numpy.unique before training.'
    """
    found = LAYERS.get(name)
    if found is None:
        return "derive a class from keras.layers.Layer and define call; or see dir(nn)."
    return f"write {found}."
