"""A small web shop whose support agent asks before it acts: `python -m examples.shop`."""
