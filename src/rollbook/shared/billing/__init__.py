"""What is owed, what was paid, and how the one met the other.

Money owed is an Instalment of an Invoice, money received is a Payment, and the only link is an
Allocation. "Paid" is the sum of allocations; the remainder is a Credit, never nothing. Billing knows
nothing of colleges: numbers, gates and follow-up acts are arguments.

Locks: the customer's Account first, always; the receipt's series last.
"""
