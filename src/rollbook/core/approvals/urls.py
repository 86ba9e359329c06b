"""Addresses of the approvals queue."""

from django.urls import path

from rollbook.core.approvals import pages

app_name = "approvals"

urlpatterns = [
    path("", pages.queue, name="queue"),
    path("all/", pages.every_request, name="every_request"),
    path("<uuid:request_id>/", pages.request_page, name="request"),
    path("<uuid:request_id>/decide/", pages.decide, name="decide"),
    path("<uuid:request_id>/withdraw/", pages.withdraw, name="withdraw"),
]
