"""What to write for the layers of Keras that are not here."""

from __future__ import annotations

#: By the name of a layer in Keras, what to write.
LAYERS = {
    "CategoryEncoding": "keras.utils.to_categorical before training",
    "ConvLSTM2D": "a layer of your own that steps through the images",
    "Discretization": "numpy.digitize before training",
    "Hashing": "integers of your own before training",
    "IntegerLookup": "a dict or numpy.unique before training",
    "RandomFlip": "functions of NumPy on the batches",
    "RandomRotation": "functions of NumPy on the batches",
    "RandomZoom": "functions of NumPy on the batches",
    "Resizing": "nn.functional.interpolate",
    "SpectralNormalization": "nn.utils.parametrizations",
    "StringLookup": "a dict or numpy.unique before training",
    "TextVectorization": "integers of your own before training, with keras.utils.pad_sequences",
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
