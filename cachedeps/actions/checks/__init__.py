"""What is checked of a declaration against a live schema, one topic a file."""
