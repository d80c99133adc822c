"""Between Python values and bytes: canonical JSON, call schemas, edits."""
