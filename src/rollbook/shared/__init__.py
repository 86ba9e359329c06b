"""Capabilities that two or more systems use."""
