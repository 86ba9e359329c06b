"""The demonstration: a college in the middle of its term, and a second one that must never see it.

Everything is done by the same acts as in real life, on the days on which it would have happened.
"""
