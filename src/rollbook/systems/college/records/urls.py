"""Addresses of this room."""

from django.urls import path

from rollbook.systems.college.records.pages import files, holds, students

app_name = "students"

urlpatterns = [
    path("students/", students.students, name="students"),
    path("students/new/", students.new_student, name="new_student"),
    path("students/files/", files.files, name="files"),
    path("students/files/new/", files.upload, name="upload"),
    path("students/files/<uuid:run_id>/", files.file, name="file"),
    path("students/files/<uuid:run_id>/import/", files.commit, name="commit"),
    path("students/files/<uuid:run_id>/take-back/", files.take_back, name="take_back"),
    path("students/<uuid:student_id>/", students.student, name="student"),
    path("students/<uuid:student_id>/status/", students.change_status, name="change_status"),
    path("students/<uuid:student_id>/holds/", holds.holds_of, name="holds_of"),
    path("students/<uuid:student_id>/holds/new/", holds.place_hold, name="place_hold"),
    path("students/<uuid:student_id>/holds/<uuid:hold_id>/release/", holds.release_hold, name="release_hold"),
    path("holds/", holds.holds, name="holds"),
]
