"""Foreign statements and what hangs on their rows: frozen, walked, captured, measured."""
