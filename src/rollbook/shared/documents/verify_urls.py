"""Public addresses where papers are verified. They stand on paper: they never change."""

from django.urls import path

from rollbook.shared.documents import pages

app_name = "verify"

urlpatterns = [
    path("", pages.verify_page, name="ask"),
    path("<str:code>/", pages.verify_page, name="code"),
    path("<slug:slug>/<str:code>/", pages.verify_page, name="at"),
]
