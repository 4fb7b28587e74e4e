"""Write what a program computes as formulas."""
