"""What people are told: one notice inside the house for each thing, and mail for those who want it.

A room that has something to say calls `services.notify(…)` in the transaction of its act, and names whom, of which
kind, about what: never by which channel. The words are made
late, in the reader's language, from the kind of the notice and its facts (`kinds.py`). Mail goes out by a job.
"""
