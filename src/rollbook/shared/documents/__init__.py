"""Papers that an institution issues: frozen when issued, numbered, verifiable by code, drawn the same every time.

`papers/` draws; the rest of the room issues, withdraws and verifies.
"""
