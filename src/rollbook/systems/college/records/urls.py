"""Addresses of this room."""

from django.urls import path

from rollbook.systems.college.records.pages import credits as elsewhere
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
    path("credits/", elsewhere.requests, name="credit_requests"),
    path("credits/<uuid:request_id>/", elsewhere.request_shown, name="credits"),
    path("credits/<uuid:request_id>/lines/", elsewhere.change, name="change_credits"),
    path("credits/<uuid:request_id>/submit/", elsewhere.submit, name="submit_credits"),
    path("credits/<uuid:request_id>/decide/", elsewhere.decide, name="decide_credits"),
    path("credits/<uuid:request_id>/dispute/", elsewhere.dispute, name="dispute_credits"),
    path("credits/<uuid:student_id>/<uuid:credit_id>/revoke/", elsewhere.revoke, name="revoke_credit"),
    path("students/<uuid:student_id>/credits/", elsewhere.of_student, name="credits_of"),
    path("students/<uuid:student_id>/credits/new/", elsewhere.new, name="new_credits"),
]
