"""Oversight: people watch what an agent does step by step, and pause, guide, interrupt or stop it while it runs."""
