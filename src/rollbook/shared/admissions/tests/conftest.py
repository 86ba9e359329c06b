"""A file store of its own for each test, since applicants send documents."""

from rollbook.shared.files.tests.conftest import folder

__all__ = ["folder"]
