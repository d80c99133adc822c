"""Examples that run from a clone of the repository: a program for each pattern, one that stacks them, and the shop."""
