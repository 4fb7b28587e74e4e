"""What to write for the layers of Keras that are not here."""

from __future__ import annotations

#: By the name of a layer in Keras, what to write.
LAYERS = {
    "HashedCrossing": "strings that you have joined, and Hashing",
}


def advice_for(name: str) -> str:
    """Return what to write for a layer, as a sentence.

    Examples
    --------
    >>> advice_for("HashedCrossing")
    'write strings that you have joined, and Hashing.'
    """
    found = LAYERS.get(name)
    if found is None:
        return "derive a class from keras.layers.Layer and define call; or see dir(nn)."
    return f"write {found}."
