"""The backend at the other end of HTTP: the same commands and reads, sent to a server."""
