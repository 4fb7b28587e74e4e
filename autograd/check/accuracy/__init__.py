"""Check precision: how many digits a function has, and which line loses them."""
