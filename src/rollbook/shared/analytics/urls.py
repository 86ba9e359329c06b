"""Addresses of reports."""

from django.urls import path

from rollbook.shared.analytics import pages

app_name = "analytics"

urlpatterns = [
    path("", pages.reports, name="reports"),
    path("runs/<uuid:run_id>/", pages.one_run, name="run"),
    path("runs/<uuid:run_id>/file/", pages.download, name="download"),
    path("<slug:key>/", pages.report, name="report"),
    path("<slug:key>/run/", pages.run, name="ask"),
]
