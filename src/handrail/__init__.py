"""Handrail keeps a person's hand on what AI agents do."""
