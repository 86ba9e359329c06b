"""Addresses that leave the house."""

from django.conf import settings
from django.urls import reverse

from rollbook.core.tenancy.selectors import organisation_in_scope


def calendar_address(secret: str) -> str:
    """Where a calendar reads somebody's classes."""
    path = reverse("schedule:calendar", args=[organisation_in_scope().slug, secret])
    return f"{settings.BASE_URL}{path}"
