"""A verdict on SQL that others wrote, before it meets the data."""
