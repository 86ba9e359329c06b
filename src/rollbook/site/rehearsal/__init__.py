"""Rehearsals on a scratch installation: drills that break things, and load for benchmarks.

Everything runs in an installation of its own with its own database on loopback, and is removed afterwards.
"""
