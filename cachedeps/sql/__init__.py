"""Plans as SQLAlchemy Core statements; holds no connection."""
