"""Outcomes as text; writes nothing, decides nothing."""
