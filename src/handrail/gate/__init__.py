"""How a call of the user's code becomes an action, waits, runs and ends: conducted without I/O, driven in two colours."""
