"""What `setup.py` needs in order to compile the engine; not installed."""
