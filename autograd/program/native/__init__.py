"""Calls without Python code in between: an extension in C, if there was a compiler."""
