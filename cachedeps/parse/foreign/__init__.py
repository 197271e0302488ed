"""Reads SQL that others wrote into a tree of our own, without making SQL anew."""
