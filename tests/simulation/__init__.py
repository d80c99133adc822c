"""A deterministic simulation of the engine: one thread, one seed, the real code on the real store."""
