"""The launch checklist that executes itself.

Every room registers items (`core.readiness`); this room finds them, evaluates each one isolated from the
others, keeps the results append-only with evidence and a hash chain, and says what they mean together:
blocked, ready with warnings, or ready.
"""
