"""One verb, one file; the only place where the wings meet."""
