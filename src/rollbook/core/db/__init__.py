"""What PostgreSQL promises for us: row policies, append-only tables, same-tenant references.

Migrations import nothing else of the product than this package.
"""
