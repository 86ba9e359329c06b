"""Addresses of this room."""

from django.urls import path

from rollbook.shared.files import pages

app_name = "files"

urlpatterns = [
    path("", pages.stored_files, name="list"),
    path("stored/<uuid:file_id>/", pages.stored_file, name="stored"),
    path("view/<uuid:file_id>/", pages.view_file, name="view"),
    path("open/<str:token>/", pages.open_by_link, name="open"),
]
