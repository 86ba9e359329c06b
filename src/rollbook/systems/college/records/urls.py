"""Addresses of this room."""

from django.urls import path

from rollbook.systems.college.records.pages import credits as elsewhere
from rollbook.systems.college.records.pages import files, history, holds, own_requests, requests, students, transfers

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
    path("students/<uuid:student_id>/history/", history.history_of, name="history_of"),
    path("students/<uuid:student_id>/holds/new/", holds.place_hold, name="place_hold"),
    path("students/<uuid:student_id>/holds/<uuid:hold_id>/release/", holds.release_hold, name="release_hold"),
    path("students/<uuid:student_id>/curriculum/", transfers.change_curriculum, name="change_curriculum"),
    path("students/<uuid:student_id>/leave/", requests.leave_end, name="leave_end"),
    path("students/<uuid:student_id>/requests/", requests.of_student, name="requests_of"),
    path("students/<uuid:student_id>/requests/new/", requests.new, name="new_request"),
    path("students/<uuid:student_id>/transfers/new/", transfers.new, name="new_transfer"),
    path("leaves/", requests.status_requests, name="status_requests"),
    path("leaves/<uuid:request_id>/", requests.status_request, name="status_request"),
    path("leaves/<uuid:request_id>/decide/", requests.decide, name="decide_request"),
    path("leaves/<uuid:request_id>/papers/", requests.add_paper, name="add_paper"),
    path("leaves/<uuid:request_id>/take-back/", requests.take_back, name="take_back_request"),
    path("transfers/", transfers.transfers, name="transfers"),
    path("transfers/<uuid:transfer_id>/", transfers.transfer, name="transfer"),
    path("transfers/<uuid:transfer_id>/endorse/", transfers.endorse, name="endorse_transfer"),
    path("transfers/<uuid:transfer_id>/decide/", transfers.decide, name="decide_transfer"),
    path("transfers/<uuid:transfer_id>/take-back/", transfers.take_back, name="take_back_transfer"),
    path("my/requests/", own_requests.own_requests, name="own_requests"),
    path("my/requests/new/", own_requests.ask, name="ask"),
    path("my/requests/programme/", own_requests.ask_transfer, name="ask_transfer"),
    path("my/requests/<uuid:request_id>/papers/", own_requests.papers, name="own_papers"),
    path(
        "my/requests/<uuid:request_id>/papers/<uuid:file_id>/withdraw/",
        own_requests.withdraw_paper,
        name="own_withdraw_paper",
    ),
    path("my/requests/<uuid:request_id>/take-back/", own_requests.take_back, name="own_take_back"),
    path(
        "my/requests/transfers/<uuid:transfer_id>/take-back/",
        own_requests.take_back_transfer,
        name="own_take_back_transfer",
    ),
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
