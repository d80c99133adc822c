"""The patterns: each says when people are asked and what their answer means."""
