"""The database of the tests. Fixtures and the watch on statements come from `rollbook.site.testing`."""

# Named here because a conftest, unlike a plugin, overrides pytest-django's own fixture.
from rollbook.site.testing.databases import django_db_setup

__all__ = ["django_db_setup"]
