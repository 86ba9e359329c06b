"""Addresses of background work."""

from django.urls import path

from rollbook.shared.jobs import pages

app_name = "jobs"

urlpatterns = [
    path("", pages.overview, name="overview"),
    path("runs/", pages.runs, name="runs"),
    path("plan/", pages.schedules, name="schedules"),
    path("failed/<int:number>/", pages.letter, name="letter"),
    path("failed/<int:number>/retry/", pages.retry, name="retry"),
    path("failed/<int:number>/discard/", pages.discard, name="discard"),
]
