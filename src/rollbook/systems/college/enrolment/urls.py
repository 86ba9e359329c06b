"""Addresses of this room."""

from django.urls import path

from rollbook.systems.college.enrolment import pages

app_name = "enrolment"

urlpatterns = [
    path("students/<uuid:student_id>/terms/", pages.of_student, name="of_student"),
    path("students/<uuid:student_id>/terms/new/", pages.enrol, name="enrol"),
    path("enrolments/<uuid:enrolment_id>/open-the-gate/", pages.override_gate, name="override_gate"),
]
