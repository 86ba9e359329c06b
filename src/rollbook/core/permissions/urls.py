"""Addresses of roles."""

from django.urls import path

from rollbook.core.permissions import pages

app_name = "permissions"

urlpatterns = [
    path("", pages.role_list, name="roles"),
    path("new/", pages.new_role, name="new_role"),
    path("<slug:key>/", pages.role_page, name="role"),
    path("<slug:key>/change/", pages.change_role, name="change_role"),
]
