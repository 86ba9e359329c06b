"""Addresses of exams and permits."""

from django.urls import path

from rollbook.systems.college.exams.pages import door, own, students, terms

app_name = "exams"

urlpatterns = [
    path("exams/", terms.exams, name="exams"),
    path("exams/door/", door.door, name="door"),
    path("exams/terms/<uuid:term_id>/prepare/", terms.prepare, name="prepare"),
    path("exams/terms/<uuid:term_id>/new/", terms.new_exam, name="new_exam"),
    path("exams/terms/<uuid:term_id>/months/", terms.change_months, name="change_months"),
    path("exams/terms/<uuid:term_id>/months/impact/", terms.impact, name="impact"),
    path("exams/permits/<uuid:permit_id>/print/", own.print_permit, name="print_permit"),
    path("exams/<uuid:exam_period_id>/", terms.change_exam, name="change_exam"),
    path("students/<uuid:student_id>/exams/", students.of_student, name="of_student"),
    path("students/<uuid:student_id>/certificates/", students.certificates, name="certificates"),
    path("enrolments/<uuid:enrolment_id>/waive/", students.waive, name="waive"),
    path("my/permits/", own.own_permits, name="own_permits"),
    path("my/permits/<uuid:permit_id>/print/", own.print_own, name="print_own"),
]
