"""The HTTP server: the API, who may use it, and the pages. Nothing else knows the web framework."""
