"""Addresses of the settings."""

from django.urls import path

from rollbook.core.policies import pages

app_name = "policies"

urlpatterns = [
    path("", pages.settings, name="settings"),
    path("<str:key>/", pages.setting, name="setting"),
]
