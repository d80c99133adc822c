"""The terminal: people look, decide, watch and check from here."""
