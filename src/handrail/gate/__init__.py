"""How a call becomes an action, waits, runs and ends: conducted without I/O, driven in two colours."""
