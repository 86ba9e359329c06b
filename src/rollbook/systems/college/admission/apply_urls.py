"""Public addresses of programmes. They stand on posters: they never change."""

from django.urls import path

from rollbook.systems.college.admission.pages import programmes

app_name = "apply_college"

urlpatterns = [
    path("<slug:slug>/programmes/<str:code>/", programmes.programme, name="programme"),
]
