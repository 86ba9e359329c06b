"""Addresses of this room."""

from django.urls import path

from rollbook.systems.college.credentials.pages import graduation, papers

app_name = "credentials"

urlpatterns = [
    path("papers/", papers.releases, name="releases"),
    path("papers/<uuid:document_id>/", papers.paper, name="paper"),
    path("papers/<uuid:document_id>/print/", papers.print_paper, name="print"),
    path("papers/<uuid:document_id>/change/", papers.change, name="change"),
    path("students/<uuid:student_id>/papers/", papers.of_student, name="of_student"),
    path("students/<uuid:student_id>/graduation/", graduation.check, name="graduation"),
    path("students/<uuid:student_id>/graduation/propose/", graduation.propose, name="propose_graduation"),
    path("my/papers/", papers.own, name="own"),
    path("my/papers/<uuid:document_id>/", papers.download_own, name="download_own"),
]
