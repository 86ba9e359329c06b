"""Papers with a face read it from a file store of the test's own."""

from rollbook.shared.files.tests.conftest import folder

__all__ = ["folder"]
