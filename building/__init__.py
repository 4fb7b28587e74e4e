"""What `setup.py` needs to compile the engine; not installed."""
