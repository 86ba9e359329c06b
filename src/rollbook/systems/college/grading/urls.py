"""Addresses of grades."""

from django.urls import path

from rollbook.systems.college.grading.pages import changes, incompletes, progress, queue, risk, rules, sheets, students

app_name = "grading"

_CLASS = "grades/classes/<uuid:section_id>/<str:component>/"

urlpatterns = [
    path("grades/", sheets.my_sheets, name="my_sheets"),
    path(_CLASS, sheets.sheet, name="sheet"),
    path(f"{_CLASS}rows/<uuid:row_id>/", sheets.save_row, name="save_row"),
    path(f"{_CLASS}file/", sheets.fill_from_file, name="fill_from_file"),
    path(f"{_CLASS}submit/", sheets.submit, name="submit"),
    path("grades/queue/", queue.queue, name="queue"),
    path("grades/queue/finalise/", queue.finalise, name="finalise"),
    path("grades/sheets/<uuid:sheet_id>/return/", queue.return_sheet, name="return_sheet"),
    path("grades/sheets/<uuid:sheet_id>/late/", queue.open_late, name="open_late"),
    path("grades/rules/", rules.standing_rules, name="standing_rules"),
    path("grades/rules/<str:kind>/", rules.set_standing_rules, name="set_standing_rules"),
    path("grades/standings/<uuid:term_id>/", queue.standings, name="standings"),
    path("grades/at-risk/", risk.students_at_risk, name="at_risk"),
    path("grades/changes/", changes.desk, name="changes"),
    path("grades/records/<uuid:record_id>/", changes.story, name="story"),
    path("grades/records/<uuid:record_id>/change/", changes.propose, name="propose_change"),
    path("grades/incompletes/", incompletes.desk, name="incompletes"),
    path("grades/incompletes/<uuid:case_id>/", incompletes.incomplete, name="incomplete"),
    path("grades/incompletes/<uuid:case_id>/<str:name>/", incompletes.step, name="step"),
    path("students/<uuid:student_id>/grades/", students.of_student, name="of_student"),
    path("students/<uuid:student_id>/progress/", progress.of_student, name="progress_of"),
    path("my/progress/", progress.own_progress, name="own_progress"),
    path("my/grades/", students.own_grades, name="own_grades"),
    path("my/grades/what-if/", students.what_if, name="what_if"),
]
