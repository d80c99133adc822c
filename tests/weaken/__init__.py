"""Proves that the tests bite: one guard after another is taken out of a copy of the code, and a test must fail."""
