"""What every test of Rollbook stands on: a real server, a database of its own, the ordinary role, fixtures.

Loaded by pytest as a plugin (see pyproject.toml); never imported by the product.
"""
