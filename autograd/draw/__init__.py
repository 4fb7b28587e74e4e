"""See the graph."""
