"""Addresses of the admission office."""

from django.urls import path

from rollbook.shared.admissions.pages import office, settling

app_name = "admissions"

urlpatterns = [
    path("", office.board, name="board"),
    path("list/", office.application_list, name="list"),
    path("list/incomplete/", office.many_incomplete, name="many_incomplete"),
    path("list/reject/", office.many_reject, name="many_reject"),
    path("doubles/", settling.doubles, name="doubles"),
    path("appointments/", settling.appointments, name="appointments"),
    path("appointments/<uuid:appointment_id>/", settling.close_appointment, name="close_appointment"),
    path("checklist/", settling.checklist, name="checklist"),
    path("checklist/<str:kind>/", settling.checklist, name="checklist_of"),
    path("<uuid:application_id>/", office.application, name="application"),
    path("<uuid:application_id>/incomplete/", office.mark_incomplete, name="mark_incomplete"),
    path("<uuid:application_id>/again/", office.take_up_again, name="take_up_again"),
    path("<uuid:application_id>/reject/", office.reject, name="reject"),
    path("<uuid:application_id>/compare/", settling.compare, name="compare"),
    path("<uuid:application_id>/appointment/", settling.set_appointment, name="set_appointment"),
    path("<uuid:application_id>/documents/<uuid:document_id>/verify/", office.verify_document, name="verify_document"),
    path("<uuid:application_id>/documents/<uuid:document_id>/reject/", office.reject_document, name="reject_document"),
]
