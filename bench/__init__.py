"""Measures Handrail against the bare database driver, in the same run: `python -m bench` or `make bench`.

What counts is the ratio: absolute figures move with the machine and with whatever else it does. Every measure is the
median of interleaved rounds, and is a table of `goals.toml`.
"""
