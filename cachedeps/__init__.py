"""cachedeps: schema-aware cache dependency manager."""
