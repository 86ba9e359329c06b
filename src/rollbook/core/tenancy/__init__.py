"""Organisations, and the wall between them.

Every business row belongs to one organisation; a transaction sees the rows of one organisation only.
"""
