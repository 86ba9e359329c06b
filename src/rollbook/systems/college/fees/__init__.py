"""The college's money: plans of a term, the counter, corrections by two people, and what payment opens.

Amounts, allocation, receipts and books are billing's; this room says which plan a student pays, who may
act at the counter, and that permits, holds and the enrolment follow in the same transaction.
"""
