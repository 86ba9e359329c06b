"""Addresses of this room."""

from django.urls import path

from rollbook.systems.college.catalogue import pages

app_name = "catalogue"

urlpatterns = [
    path("programmes/", pages.programmes, name="programmes"),
    path("programmes/new/", pages.new_programme, name="new_programme"),
    path("programmes/<uuid:programme_id>/", pages.programme, name="programme"),
    path("terms/", pages.terms, name="terms"),
    path("terms/new/", pages.new_term, name="new_term"),
    path("terms/<uuid:term_id>/", pages.term, name="term"),
    path("terms/<uuid:term_id>/days/", pages.change_term, name="change_term"),
    path("terms/<uuid:term_id>/move/", pages.move_term, name="move_term"),
    path("terms/<uuid:term_id>/make-current/", pages.make_current, name="make_current"),
]
