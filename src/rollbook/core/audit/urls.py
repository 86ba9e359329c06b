"""Addresses of the audit trail."""

from django.urls import path

from rollbook.core.audit import pages

app_name = "audit"

urlpatterns = [
    path("", pages.entries, name="entries"),
    path("mine/", pages.own, name="own"),
    path("reads/", pages.accesses, name="accesses"),
    path("seals/", pages.seals, name="seals"),
    path("seals/restore/", pages.acknowledge_restore, name="acknowledge_restore"),
    path("of/<str:target_type>/<uuid:target_id>/", pages.timeline, name="timeline"),
    path("<uuid:entry_id>/", pages.entry, name="entry"),
]
