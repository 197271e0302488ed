"""One file per database, the same functions in the same order."""
