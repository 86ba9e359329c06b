"""Subjects, curricula, prerequisites and grade scales over JSON, and what anybody may know."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue.examples import a_curriculum, a_prerequisite, a_subject
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry, GradeScale, Subject
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_head_registrar,
    a_programme,
    a_registrar,
    a_stranger,
    an_administrator,
)

BASE = "/api/v1/college"


def send(client, method, path, body=None, **headers):
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json", headers=headers)


def of(subject):
    return {"kind": "SPECIFIC", "subject_id": str(subject.id)}


def test_a_subject_is_added_changed_and_listed(tenant):
    client = a_browser(a_registrar())
    body = {"code": "IT 101", "title": "Computing", "lecture_units": "2", "lab_units": "1", "tags": ["web"]}

    added = send(client, "post", "/subjects", body)
    assert (added.status_code, added.json()["lab_units"], added["ETag"]) == (201, "1", '"1"')
    place = f"/subjects/{added.json()['id']}"
    changed = send(client, "patch", place, {"title": "Computing I"}, if_match='"1"')
    assert (changed.status_code, changed.json()["title"]) == (200, "Computing I")
    assert send(client, "patch", place, {"title": "Late"}, if_match='"1"').status_code == 412
    assert [row["code"] for row in send(client, "get", "/subjects?category=MAJOR").json()["items"]] == ["IT 101"]
    assert send(a_browser(a_cashier()), "post", "/subjects", {**body, "code": "IT 102"}).status_code == 403
    assert send(a_browser(a_stranger()), "get", "/subjects").status_code == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"lecture_units": "NaN"}, "lecture_units"), ({"lecture_units": "1.55"}, "lecture_units"),
        ({"lecture_units": "0"}, "lecture_units"), ({"lecture_units": "3", "units": "9"}, "units"),
    ],
)  # fmt: skip
def test_what_is_no_subject_is_refused_by_its_field(tenant, body, field):
    answer = send(a_browser(a_registrar()), "post", "/subjects", {"code": "X", "title": "X", **body})

    assert answer.status_code == 422
    assert [error["field"].split(".")[-1] for error in answer.json()["errors"]] == [field]
    assert not Subject.objects.exists()


@pytest.mark.example("college", 24)
@pytest.mark.rule("R13")
def test_a_ring_answers_409_with_its_path(tenant):
    a, b, c = a_subject("A"), a_subject("B"), a_subject("C")
    a_prerequisite(b, "A")
    a_prerequisite(c, "B")
    client = a_browser(a_registrar())

    answer = send(client, "put", f"/subjects/{a.id}/prerequisites", {"tree": of(c)}, if_match='"0"')

    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert (answer.json()["code"], answer.json()["facts"]["path"]) == ("CYCLE", ["A", "B", "C", "A"])
    malformed = send(client, "put", f"/subjects/{a.id}/prerequisites", {"tree": {"kind": "X"}}, if_match='"0"')
    assert (malformed.status_code, malformed.json()["errors"][0]["field"]) == (422, "tree.kind")
    read = send(client, "get", f"/subjects/{c.id}/prerequisites")
    assert (read.json(), read["ETag"]) == ({"tree": of(b), "written": "B", "version": 1}, '"1"')


def test_a_curriculum_goes_its_way_from_draft_to_force(tenant):
    programme, first, second = a_programme("BSIT", total_units_required=6), a_subject("A"), a_subject("B")
    client, head = a_browser(a_registrar()), a_browser(a_head_registrar())
    body = {"programme_id": str(programme.id), "name": "BSIT 2031", "effective_academic_year": "2031-2032"}
    draft = send(client, "post", "/curricula", body).json()
    place = f"/curricula/{draft['id']}"

    for subject, semester in ((first, "FIRST"), (second, "SECOND")):
        entry = {"subject_id": str(subject.id), "year_level": 1, "semester": semester}
        assert send(client, "post", f"{place}/entries", entry).status_code == 201
    entry = CurriculumEntry.objects.get(subject=second)
    asked = send(
        client, "put", f"/curriculum-entries/{entry.id}/prerequisites", {"tree": of(first)}, if_match='"0"'
    )  # fmt: skip
    assert asked.json()["written"] == "A"
    assert send(client, "get", f"/curriculum-entries/{entry.id}/prerequisites").json()["version"] == 1

    shown = send(client, "get", place)
    assert [row["prerequisites"] for row in shown.json()["entries"]] == [None, of(first)]
    graph = send(client, "get", f"/prerequisites/graph?curriculum_id={draft['id']}").json()
    assert graph["edges"] == [{"before": str(first.id), "after": str(second.id), "is_strict": True}]
    assert [node["opens"] for node in graph["nodes"]] == [1, 0]
    assert send(client, "get", f"/prerequisites?curriculum_id={draft['id']}").json() == [
        {"subject_id": str(second.id), "tree": of(first)}
    ]
    moved = send(client, "patch", f"/curriculum-entries/{entry.id}", {"semester": "FIRST"}, if_match=shown["ETag"])
    assert moved.status_code == 204
    assert send(client, "get", f"{place}/check").json()["faults"][0]["sentence"].startswith("B asks for A")
    unsound = send(head, "post", f"{place}/approve", if_match="*")
    assert (unsound.status_code, unsound.json()["code"]) == (409, "CURRICULUM_UNSOUND")
    send(client, "patch", f"/curriculum-entries/{entry.id}", {"semester": "SECOND"}, if_match="*")

    assert send(client, "post", f"{place}/approve", if_match="*").status_code == 403
    assert send(head, "post", f"{place}/approve", if_match='"1"').status_code == 412
    assert send(head, "post", f"{place}/approve", if_match="*").json()["state"] == "APPROVED"
    assert send(client, "delete", f"/curriculum-entries/{entry.id}", if_match="*").json()["code"] == "CURRICULUM_FIXED"
    assert send(head, "post", f"{place}/activate").json()["state"] == "ACTIVE"
    names = {"name": "BSIT 2032", "effective_academic_year": "2032-2033"}
    assert send(client, "post", f"{place}/copy", names).status_code == 201
    assert send(client, "patch", place, names, if_match="*").json()["code"] == "CURRICULUM_FIXED"
    back = send(head, "post", f"{place}/return", {"reason": "A third subject was forgotten."})
    assert back.json()["state"] == "DRAFT"
    assert send(head, "post", f"{place}/retire").json()["code"] == "INVALID_STATE"
    assert len(send(client, "get", f"/curricula?programme_id={programme.id}&state=DRAFT").json()["items"]) == 2


def test_a_draft_is_not_there_for_others(tenant):
    curriculum = a_curriculum(a_programme("BSIT"), {(1, "FIRST"): [a_subject("A")]}, state="DRAFT")
    entry = CurriculumEntry.objects.get()
    reader = a_browser(a_cashier())

    for path in (
        f"/curricula/{curriculum.id}", f"/curricula/{curriculum.id}/check",
        f"/curriculum-entries/{entry.id}/prerequisites", f"/prerequisites/graph?curriculum_id={curriculum.id}",
    ):  # fmt: skip
        assert send(reader, "get", path).status_code == 404
    assert send(reader, "get", "/curricula").json()["items"] == []


def test_a_curriculum_file_is_rehearsed_refused_and_imported(tenant):
    a_programme("BSIT", total_units_required=3)
    client = a_browser(a_registrar())
    head = "programme,curriculum,academic_year,year,semester,code,title,lecture_units,prerequisites"

    def upload(line, query=""):
        file = SimpleUploadedFile("bsit.csv", f"{head}\n{line}".encode())
        return client.post(f"{BASE}/curricula/import{query}", {"file": file})

    good = "BSIT,BSIT 2031,2031-2032,1,1,IT 101,Computing,3,"
    rehearsed = upload(good + "IT 9", "?dry_run=true")
    assert (rehearsed.status_code, rehearsed.json()["errors"][0]["line"]) == (200, 2)
    refused = upload(good + "IT 9")
    assert (refused.status_code, refused.json()["code"]) == (422, "FILE_HAS_ERRORS")
    assert refused.json()["errors"][0]["field"] == "line 2, prerequisites"
    assert not Curriculum.objects.exists()
    made = upload(good)
    assert (made.status_code, made.json()["curriculum_id"]) == (200, str(Curriculum.objects.get().id))


def test_equivalencies_are_said_and_ended(tenant):
    a, b = a_subject("A"), a_subject("B")
    client = a_browser(a_registrar())
    body = {"subject_id": str(a.id), "satisfies_id": str(b.id), "effective_from": "2031-06-01"}

    made = send(client, "post", "/equivalencies", body)
    assert made.status_code == 201
    assert send(client, "post", "/equivalencies", body).json()["code"] == "EQUIVALENCY_STANDS"
    ended = send(client, "post", f"/equivalencies/{made.json()['id']}/end", {"last_day": "2031-12-31"})
    assert ended.json()["effective_to"] == "2031-12-31"
    assert len(send(client, "get", f"/equivalencies?subject_id={b.id}").json()["items"]) == 1


def test_grade_scales_are_read_and_a_version_is_made(tenant):
    client = a_browser(an_administrator())
    scales = send(client, "get", "/grade-scales").json()["items"]
    assert [(row["code"], row["minimum_pass"]) for row in scales] == [("PH_5", "3.00"), ("US_4", "1.00")]
    detail = send(client, "get", f"/grade-scales/{scales[0]['id']}").json()
    assert detail["marks"][0] == {
        "symbol": "1.00", "numeric": "1.00", "kind": "NUMERIC", "passes": True, "counts_in_gpa": True,
        "earns_units": True,
    }  # fmt: skip
    body = {
        "code": "PH_5", "name": "Shorter", "direction": "LOWER_BETTER", "minimum_pass": "3.00",
        "effective_from": "2031-08-01", "expected_number": 1, "marks": detail["marks"][:3],
    }  # fmt: skip
    made = send(client, "post", "/grade-scales", body)
    assert (made.status_code, made.json()["version_number"], len(made.json()["marks"])) == (201, 2, 3)
    assert send(client, "post", "/grade-scales", body).status_code == 412
    assert send(a_browser(a_registrar()), "post", "/grade-scales", body).status_code == 403
    assert GradeScale.objects.count() == 3


def test_a_new_version_of_a_subject_follows_the_old_one(tenant):
    old = a_subject("IT 101")
    client = a_browser(a_registrar())

    made = send(client, "post", f"/subjects/{old.id}/new-version", {"code": "IT 101A", "lecture_units": "4"})

    assert (made.status_code, made.json()["replaces_id"], made.json()["title"]) == (201, str(old.id), old.title)
    again = send(client, "post", f"/subjects/{old.id}/new-version", {"code": "IT 101B"})
    assert again.json()["code"] == "SUBJECT_REPLACED"


def test_anybody_reads_programmes_and_keeps_the_answer_for_a_while(organisation):
    with tenant_scope(organisation.id):
        programme = a_programme("BSIT")
        a_programme("OLD", is_active=False)
        second = a_subject("B")
        a_curriculum(programme, {(1, "FIRST"): [a_subject("A")], (1, "SECOND"): [second]}, name="BSIT 2031")
        a_curriculum(programme, {(1, "FIRST"): [second]}, name="Next", state="DRAFT", year="2040-2041")
        a_prerequisite(second, "A>=2.00")
    nobody, named = Client(), f"?institution={organisation.slug}"

    answer = send(nobody, "get", f"/public/programs{named}")
    assert [row["code"] for row in answer.json()] == ["BSIT"]
    assert answer["Cache-Control"] == "public, max-age=300"
    assert send(nobody, "get", f"/public/programs{named}", if_none_match=answer["ETag"]).status_code == 304
    place = f"/public/programs/{programme.id}/curriculum{named}"
    plan = send(nobody, "get", place).json()
    assert (plan["name"], plan["total_units"]) == ("BSIT 2031", "6.0")
    assert [(term["semester"], term["subjects"][0]["prerequisites"]) for term in plan["terms"]] == [
        ("FIRST", ""), ("SECOND", "A>=2.00"),
    ]  # fmt: skip


def test_nobody_reads_the_programmes_of_an_unknown_or_another_institution(organisation, other_organisation):
    with tenant_scope(organisation.id):
        programme = a_programme("BSIT")

    nobody = Client()
    assert send(nobody, "get", "/public/programs?institution=nowhere").status_code == 404
    assert send(nobody, "get", "/public/programs").status_code == 422
    for slug in (organisation.slug, other_organisation.slug):
        place = f"/public/programs/{programme.id}/curriculum?institution={slug}"
        assert send(nobody, "get", place).status_code == 404
