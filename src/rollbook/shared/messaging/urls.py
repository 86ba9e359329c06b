"""Addresses of one's own notices."""

from django.urls import path

from rollbook.shared.messaging import pages

app_name = "messaging"

urlpatterns = [
    path("", pages.notices, name="notices"),
    path("unread/", pages.unread, name="unread"),
    path("read/", pages.read_all, name="read_all"),
    path("preferences/", pages.preferences, name="preferences"),
    path("<uuid:notice_id>/open/", pages.open_notice, name="open"),
]
