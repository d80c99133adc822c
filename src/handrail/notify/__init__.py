"""Tells people what waits for them: by mail, push, chat and webhook."""
