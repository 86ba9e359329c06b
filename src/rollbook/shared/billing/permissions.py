"""Permissions of billing. The rooms that use it ask for their own; these are its own screens and jobs."""

from rollbook.core.permissions.register import register

PROVE_BOOKS = register(
    "billing.prove_books", "Prove that cached figures equal the sums", roles=["administrator", "auditor"]
)
