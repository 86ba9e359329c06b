"""Is this installation set up for real people's records? Items about the whole: settings, secrets, pages, limits."""

from rollbook.site.launch import browser, college, environment, roles, secrets, versions

__all__ = ["browser", "college", "environment", "roles", "secrets", "versions"]
