"""SQL within programs: found by reading the program's text, which is never run."""
