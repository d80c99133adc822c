"""What makes generated pages."""
