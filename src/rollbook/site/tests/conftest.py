"""A file store of its own for each test that stores anything."""

from rollbook.shared.files.tests.conftest import folder

__all__ = ["folder"]
