"""The double-entry journal: every entry sums to zero, nothing is edited.

Other rooms post to accounts by code; an organisation's chart starts with the ones they need.
"""
