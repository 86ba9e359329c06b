"""Addresses of the college's admission, inside."""

from django.urls import path

from rollbook.systems.college.admission.pages import admitting

app_name = "admission"

urlpatterns = [
    path("funnel/", admitting.funnel, name="funnel"),
    path("admit/", admitting.admit_many, name="admit_many"),
    path("<uuid:application_id>/admit/", admitting.admit, name="admit"),
]
