"""Addresses of the launch checklist."""

from django.urls import path

from rollbook.shared.launch import pages

app_name = "launch"

urlpatterns = [
    path("", pages.board, name="board"),
    path("run/", pages.run, name="run"),
    path("items/<str:item_id>/", pages.item, name="item"),
]
