"""Addresses of issued papers."""

from django.urls import path

from rollbook.shared.documents import pages

app_name = "documents"

urlpatterns = [
    path("", pages.documents, name="list"),
    path("<uuid:document_id>/", pages.document, name="document"),
    path("<uuid:document_id>/print/<str:paper>/", pages.print_document, name="print"),
]
