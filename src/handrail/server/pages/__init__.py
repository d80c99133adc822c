"""What a browser gets: the built app, and the pages that work without a script."""
