"""Connections and what differs between databases."""
