"""The pure ground floor: what cachedeps means, without I/O, SQL or a clock."""
