"""What the tests of enrolment share."""

from rollbook.shared.files.tests.conftest import folder

__all__ = ["folder"]
