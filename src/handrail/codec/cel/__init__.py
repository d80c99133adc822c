"""Conditions in the Common Expression Language, over exact numbers."""
