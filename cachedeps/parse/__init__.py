"""The only room that knows how to read SQL text."""
