"""Grades over JSON."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_browser, a_head_registrar, a_member, a_registrar, an_administrator
from rollbook.systems.college.grading.examples import (
    AClass,
    a_class,
    a_professor_actor,
    a_programme_head,
    case_of,
    finalised,
    grade_of,
    submitted,
)

pytestmark = pytest.mark.usefixtures("tenant", "in_grading_weeks")
BASE = "/api/v1/college"


def send(client: Client, method: str, path: str, body: Any = None, **headers: str) -> Any:
    return client.generic(
        method, f"{BASE}{path}", "" if body is None else __import__("json").dumps(body),
        content_type="application/json", headers=headers,
    )  # fmt: skip


def a_student_in(class_: AClass, number: int = 0) -> Client:
    """A browser in which a student of the class is signed in."""
    person_id = class_.students[number].person_id
    return a_browser(a_member(roles.STUDENT, name="Juan", person_id=person_id))


def rows_of(class_: AClass, *grades: str) -> dict[str, Any]:
    return {
        "rows": [
            {"subject_enrolment_id": str(row.id), "grade": grade, "required_work": "Chapter 4"}
            for row, grade in zip(class_.taken, grades, strict=True)
        ]
    }


@pytest.mark.rule("R48", "R49")
def test_a_sheet_from_opening_to_finalising():
    class_ = a_class(2)
    professor, registrar = a_browser(class_.owner), a_browser(a_registrar())

    opened = send(professor, "POST", "/grade-sheets", {"section_id": str(class_.section.id), "component": "FINAL"})
    sheet_id = opened.json()["id"]
    assert (opened.status_code, opened.json()["state"], opened.json()["students"]) == (201, "OPEN", 2)
    refused = send(professor, "PUT", f"/grade-sheets/{sheet_id}/rows", rows_of(class_, "1.25", "1,25"))
    assert (refused.status_code, refused.json()["errors"][0]["hint"]) == (422, "1.25")
    saved = send(professor, "PUT", f"/grade-sheets/{sheet_id}/rows", rows_of(class_, "1.25", "inc "))
    assert (saved.status_code, len(saved.json()["saved"])) == (200, 2)
    rows = send(professor, "GET", f"/grade-sheets/{sheet_id}/rows").json()
    assert [row["grade"] for row in rows] == ["1.25", "INC"]
    assert send(professor, "POST", f"/grade-sheets/{sheet_id}/finalize").status_code == 403
    assert send(professor, "POST", f"/grade-sheets/{sheet_id}/submit").json()["state"] == "SUBMITTED"
    done = send(registrar, "POST", f"/grade-sheets/{sheet_id}/finalize")

    assert (done.status_code, done.json()["state"]) == (200, "FINALIZED")
    again = send(registrar, "POST", f"/grade-sheets/{sheet_id}/finalize")
    assert (again.status_code, again.json()["code"]) == (409, "GRADE_FINALIZED")


@pytest.mark.rule("R48")
@pytest.mark.example("college", 34)
def test_what_the_rule_book_says_about_other_peoples_sheets_and_finalised_ones():
    class_ = a_class(1)
    sheet = submitted(class_, "1.25")
    other = a_browser(a_professor_actor("Ana Cruz"))
    student = a_student_in(class_)

    assert send(other, "PUT", f"/grade-sheets/{sheet.id}/rows", rows_of(class_, "1.00")).status_code == 404
    [subject] = send(student, "GET", "/me/grades").json()["terms"][0]["subjects"]
    assert (subject["final"], subject["result"]) == ("", "")

    send(a_browser(a_registrar()), "POST", "/grade-sheets/finalize", {"sheet_ids": [str(sheet.id)]})
    answer = send(a_browser(class_.owner), "PUT", f"/grade-sheets/{sheet.id}/rows", rows_of(class_, "1.00"))
    assert (answer.status_code, answer.json()["code"]) == (409, "GRADE_FINALIZED")
    own = send(student, "GET", "/me/grades").json()
    assert own["terms"][0]["subjects"][0]["final"] == "1.25"
    assert (own["cumulative"]["gpa"], own["cumulative"]["gpa_exact"]) == ("1.25", "1.2500")


def test_a_student_sees_submitted_midterms_only_where_the_college_shows_them():
    from rollbook.core.policies import services as policies

    class_ = a_class(1)
    submitted(class_, "1.75", component="MIDTERM")
    student = a_student_in(class_)

    assert send(student, "GET", "/me/grades").json()["terms"][0]["subjects"][0]["midterm"] == "1.75"
    policies.change(an_administrator(), "college.show_midterm", False, None, "Decided by the council")
    assert send(student, "GET", "/me/grades").json()["terms"][0]["subjects"][0]["midterm"] == ""


def test_a_student_reaches_nobody_elses_grades_and_no_sheet():
    class_ = a_class(2)
    sheet = finalised(class_, "1.25", "5.00")
    student = a_student_in(class_)

    assert send(student, "GET", f"/students/{class_.students[1].id}/grades").status_code == 403
    assert send(student, "GET", f"/grade-sheets/{sheet.id}").status_code in {403, 404}
    assert send(student, "PUT", f"/grade-sheets/{sheet.id}/rows", rows_of(class_, "1.00", "1.00")).status_code == 403


@pytest.mark.rule("R50")
@pytest.mark.example("college", 35)
def test_a_grade_change_takes_two_people():
    class_ = a_class(1)
    finalised(class_, "2.50")
    registrar, head = a_browser(a_registrar()), a_browser(a_head_registrar())
    body = {
        "record_id": str(grade_of(class_.taken[0]).id), "grade": "2.00", "reason": "Exam 2 was not counted",
        "evidence_note": "Class record, page 4",
    }  # fmt: skip

    made = send(registrar, "POST", "/grade-changes", body)
    change_id = made.json()["id"]
    own = send(registrar, "POST", f"/grade-changes/{change_id}/decision", {"approve": True})
    done = send(head, "POST", f"/grade-changes/{change_id}/decision", {"approve": True})

    assert (made.status_code, made.json()["state"]) == (201, "PROPOSED")
    assert (own.status_code, own.json()["code"]) == (409, "SELF_APPROVAL")
    assert (done.status_code, done.json()["state"]) == (200, "APPROVED")
    events = send(registrar, "GET", f"/grade-records/{body['record_id']}/events").json()
    assert [event["new"] for event in events if event["kind"] in {"FINALIZE", "CHANGE"}] == ["2.50", "2.00"]
    listed = send(registrar, "GET", "/grade-changes?state=APPROVED").json()["items"]
    assert [(row["from_grade"], row["to_grade"]) for row in listed] == [("2.50", "2.00")]


@pytest.mark.rule("R47")
def test_the_steps_of_an_incomplete():
    class_ = a_class(1)
    finalised(class_, "INC")
    case_id = case_of(class_.taken[0]).id
    professor, registrar = a_browser(class_.owner), a_browser(a_registrar())
    head = a_browser(a_programme_head(class_.students[0].programme))
    path = f"/inc-cases/{case_id}"

    early = send(registrar, "POST", f"{path}/finalize")
    steps = [
        send(professor, "POST", f"{path}/request", {"reason": "Project handed in"}),
        send(registrar, "POST", f"{path}/approve"),
        send(professor, "POST", f"{path}/grade", {"grade": "2.00"}),
        send(head, "POST", f"{path}/head-approve"),
        send(registrar, "POST", f"{path}/finalize"),
    ]

    assert (early.status_code, early.json()["code"]) == (409, "INVALID_STATE")
    assert [(step.status_code, step.json().get("state")) for step in steps] == [
        (200, "REQUESTED"), (200, "APPROVED"), (200, "SUBMITTED"), (200, "HEAD_APPROVED"), (200, "RESOLVED"),
    ]  # fmt: skip
    assert send(registrar, "GET", "/inc-cases?state=RESOLVED").json()["items"][0]["new_grade"] == "2.00"
    assert send(a_browser(a_professor_actor("Ana Cruz")), "GET", path).status_code == 404


def test_a_file_of_grades_is_rehearsed_line_by_line():
    class_ = a_class(3)
    sheet_id = submitted_sheet_id(class_)
    numbers = [student.student_number for student in class_.students]
    text = (
        f'Student number,Grade\r\n{numbers[0]},1.25\r\n{numbers[1]},"1,25"\r\nX-1,2.00\r\n'
        f"{numbers[2]},=cmd\r\n{numbers[2]},2.00\r\n"
    )
    professor = a_browser(class_.owner)
    upload = SimpleUploadedFile("grades.csv", text.encode("utf-16"), content_type="text/csv")

    answer = professor.post(f"{BASE}/grade-sheets/{sheet_id}/files", {"file": upload})

    lines = answer.json()["lines"]
    assert (answer.status_code, answer.json()["good"]) == (200, 1)
    assert [line["message"].split(".")[0] for line in lines] == [
        "", "Write a point, not a comma", "Nobody with this number is in the class", "This is a formula",
        "This number stands here more than once",
    ]  # fmt: skip
    assert lines[1]["hint"] == "1.25"


def submitted_sheet_id(class_: AClass) -> Any:
    from rollbook.systems.college.grading.services.sheets import open_sheet

    return open_sheet(class_.owner, section_id=class_.section.id, component="FINAL").id


def test_what_if_adds_wished_grades_and_stores_nothing():
    first = a_class(1)
    student = first.students[0]
    finalised(first, "2.00")
    running = a_class([student], code="IT102")
    client = a_student_in(first)
    body = {"grades": [{"subject_enrolment_id": str(running.taken[0].id), "grade": "1.00"}]}

    answer = send(client, "POST", "/me/grades/what-if", body).json()
    wrong = send(client, "POST", "/me/grades/what-if", {"grades": [{**body["grades"][0], "grade": "4"}]}).json()

    assert (answer["gpa"], answer["units"]) == ("1.50", "6.0")
    assert "is not a grade of the scale" in wrong["problems"][0]["message"]
    assert send(client, "GET", "/me/grades").json()["cumulative"]["gpa"] == "2.00"


@pytest.mark.rule("R54")
def test_standing_is_evaluated_confirmed_and_then_shown_to_the_student():
    class_ = a_class(1)
    finalised(class_, "5.00")
    registrar, student = a_browser(a_registrar()), a_student_in(class_)
    body = {"term_id": str(class_.term.id)}

    assert send(registrar, "POST", "/standings/evaluate", body).json() == {"students": 1}
    assert send(student, "GET", "/me/grades").json()["terms"][0]["standing"] == ""
    assert send(registrar, "POST", "/standings/confirm", body).json() == {"students": 1}
    assert send(student, "GET", "/me/grades").json()["terms"][0]["standing"] == "SUSPENDED"
    rules = {"kind": "HONOURS", "rules": [{"name": "Merit", "gpa_limit": "1.50"}]}
    assert send(registrar, "PUT", "/standing-rules", rules).status_code == 403
    assert send(a_browser(an_administrator()), "PUT", "/standing-rules", rules).json() == {"rules": 1}
