"""Addresses of the inbox."""

from django.urls import path

from rollbook.shared.webhooks import pages

app_name = "webhooks"

urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("<uuid:event_id>/", pages.event, name="event"),
    path("<uuid:event_id>/replay/", pages.replay, name="replay"),
    path("<uuid:event_id>/discard/", pages.discard, name="discard"),
]
