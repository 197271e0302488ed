"""The doors of the declaration: find, read and check the TOML, and build the domain from it."""
