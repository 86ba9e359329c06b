"""Who did what, to which record, why and from where: acts, reads of restricted records, and seals.

Entries are written in the transaction of the act and never change. A job seals committed entries in
batches; each seal hashes the one before, and the newest is published outside the database.
"""
