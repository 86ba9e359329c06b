"""Rollbook: one book for a small institution."""
