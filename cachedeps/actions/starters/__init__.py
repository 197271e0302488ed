"""How a starter declaration is guessed from a schema: candidates, owners, times."""
