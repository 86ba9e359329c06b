"""Background and scheduled work.

A job is a function that runs later, in the tenant scope of one organisation, and calls a service. It
is put into the queue in the transaction of its cause, so it exists if and only if its cause does. This
room owns the queue's schedules (in each organisation's local time), the log of runs, the rescue of work
whose worker was killed, and the dead letters.
"""
