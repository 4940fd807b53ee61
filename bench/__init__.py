"""What is measured, how, and against whom. `python -m bench` prints the tables."""
