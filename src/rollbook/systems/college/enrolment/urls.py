"""Addresses of this room."""

from django.urls import path

from rollbook.systems.college.enrolment import pages

app_name = "enrolment"

urlpatterns = [
    path("students/<uuid:student_id>/terms/", pages.of_student, name="of_student"),
    path("students/<uuid:student_id>/terms/new/", pages.enrol, name="enrol"),
    path("enrolments/<uuid:enrolment_id>/open-the-gate/", pages.override_gate, name="override_gate"),
    path("enrolments/<uuid:enrolment_id>/desk/", pages.desk, name="desk"),
    path("enrolments/<uuid:enrolment_id>/desk/<uuid:subject_id>/", pages.desk_sections, name="desk_sections"),
    path("enrolments/<uuid:enrolment_id>/put-in/<uuid:section_id>/", pages.put_in, name="put_in"),
    path("enrolments/<uuid:enrolment_id>/cancel/", pages.cancel, name="cancel"),
    path("enrolments/classes/<uuid:row_id>/drop/", pages.desk_drop, name="desk_drop"),
    path("withdrawals/", pages.withdrawals, name="withdrawals"),
    path("withdrawals/<uuid:row_id>/", pages.withdraw, name="withdraw"),
    path("units/", pages.loads, name="loads"),
    path("units/<uuid:enrolment_id>/", pages.ask_overload, name="ask_overload"),
    path("advising/", pages.advising, name="advising"),
    path("advising/<uuid:enrolment_id>/return/", pages.return_list, name="return_list"),
    path("classes/<uuid:section_id>/roster/", pages.roster, name="roster"),
    path("my/enrol/", pages.own_enrol, name="own_enrol"),
    path("my/enrol/<uuid:enrolment_id>/", pages.own_enrol, name="own_enrol_in"),
    path("my/enrol/<uuid:enrolment_id>/preview/", pages.own_preview, name="own_preview"),
    path("my/enrol/<uuid:enrolment_id>/advising/", pages.submit, name="submit"),
    path("my/enrol/<uuid:enrolment_id>/subjects/<uuid:subject_id>/", pages.own_sections, name="own_sections"),
    path("my/enrol/<uuid:enrolment_id>/take/<uuid:section_id>/", pages.take, name="take"),
    path("my/enrol/<uuid:enrolment_id>/wait/<uuid:section_id>/", pages.join, name="join"),
    path("my/enrol/<uuid:enrolment_id>/block/<uuid:block_id>/", pages.pick, name="pick"),
    path("my/classes/<uuid:row_id>/drop/", pages.drop, name="drop"),
    path("my/classes/<uuid:row_id>/renew/", pages.renew, name="renew"),
    path("my/classes/<uuid:row_id>/release/", pages.release, name="release"),
    path("my/timetable/", pages.own_timetable, name="own_timetable"),
    path("my/timetable/<uuid:enrolment_id>/", pages.own_timetable, name="own_timetable_of"),
    path("my/waitlist/", pages.own_waits, name="own_waits"),
    path("my/waitlist/<uuid:wait_id>/accept/", pages.accept, name="accept"),
    path("my/waitlist/<uuid:wait_id>/leave/", pages.leave, name="leave"),
]
