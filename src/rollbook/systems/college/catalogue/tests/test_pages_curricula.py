"""Subjects, curricula, equivalencies and grade scales on the screen."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from rollbook.systems.college import roles
from rollbook.systems.college.catalogue import services
from rollbook.systems.college.catalogue.examples import a_curriculum, a_prerequisite, a_subject
from rollbook.systems.college.catalogue.models import (
    Curriculum,
    CurriculumEntry,
    Equivalency,
    GradeScale,
    PrerequisiteRule,
    Subject,
)
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_head_registrar,
    a_member,
    a_programme,
    a_registrar,
    an_administrator,
)

SUBJECT = {
    "code": "IT 101", "title": "Computing", "lecture_units": "2", "lab_units": "1", "hours_per_week": "5",
    "category": "MAJOR", "grading_basis": "NUMERIC", "tags": "programming, web", "description": "", "is_credit": "on",
    "counts_in_gpa": "on",
}  # fmt: skip
NAMES = {"name": "BSIT 2031", "effective_academic_year": "2031-2032"}


def text_of(response):
    return response.content.decode()


def words_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(response)).split())


@pytest.fixture
def curriculum(tenant):
    """A draft of two subjects in one year, the second after the first."""
    first, second = a_subject("IT 101"), a_subject("IT 102")
    a_prerequisite(second, "IT 101>=2.00")
    programme = a_programme("BSIT", total_units_required=6)
    return a_curriculum(programme, {(1, "FIRST"): [first], (1, "SECOND"): [second]}, name="BSIT 2031", state="DRAFT")


def test_a_subject_is_added_shown_and_changed(tenant):
    browser = a_browser(a_registrar())
    added = browser.post("/subjects/new/", SUBJECT)
    subject = Subject.objects.get()
    assert (added.status_code, added["Location"]) == (303, f"/subjects/{subject.id}/")
    assert (subject.units, subject.tags) == (3, ["programming", "web"])

    changed = {**SUBJECT, "title": "Computing I", "is_active": "on", "version": "1"}
    assert browser.post(f"/subjects/{subject.id}/change/", changed).status_code == 303
    assert browser.post(f"/subjects/{subject.id}/change/", changed).status_code == 422
    shown = words_of(browser.get(f"/subjects/{subject.id}/"))
    assert "Computing I" in shown
    assert "3 (2 lecture, 1 laboratory)" in shown
    assert "In no curriculum yet." in shown
    assert "IT 101" in text_of(browser.get("/subjects/"))


def test_a_subject_that_is_refused_keeps_what_was_typed(tenant):
    answer = a_browser(a_registrar()).post("/subjects/new/", {**SUBJECT, "lecture_units": "0", "lab_units": "0"})

    assert answer.status_code == 422
    assert "A subject has 1 to 10 units" in text_of(answer)
    assert 'value="Computing"' in text_of(answer)
    assert not Subject.objects.exists()


def test_prerequisites_are_written_read_back_and_a_ring_is_told(curriculum):
    first, second = Subject.objects.get(code="IT 101"), Subject.objects.get(code="IT 102")
    browser = a_browser(a_registrar())

    assert "IT 101&gt;=2.00" in text_of(browser.get(f"/subjects/{second.id}/prerequisites/"))
    ring = browser.post(f"/subjects/{first.id}/prerequisites/", {"tree": "year:1 | IT 102", "version": "0"})
    assert (ring.status_code, "IT 101 → IT 102 → IT 101" in text_of(ring)) == (422, True)
    typo = browser.post(f"/subjects/{first.id}/prerequisites/", {"tree": "IT 999", "version": "0"})
    assert (typo.status_code, "There is no subject" in text_of(typo)) == (422, True)
    good = browser.post(f"/subjects/{first.id}/prerequisites/", {"tree": "year:1", "version": "0"})
    assert good.status_code == 303
    assert "year 1 standing" in words_of(browser.get(f"/subjects/{first.id}/"))
    assert "IT 101 with 2.00 or better" in words_of(browser.get(f"/subjects/{second.id}/"))


def test_a_new_version_of_a_subject_is_made(tenant):
    old = a_subject("IT 101")
    browser = a_browser(a_registrar())

    answer = browser.post(f"/subjects/{old.id}/new-version/", {**SUBJECT, "code": "IT 101A", "lecture_units": "3"})

    new = Subject.objects.get(code="IT 101A")
    assert (answer.status_code, new.units) == (303, 4)
    assert "IT 101A is its new version." in words_of(browser.get(f"/subjects/{old.id}/"))


def test_a_curriculum_is_drafted_filled_and_moved_about_with_buttons(tenant):
    programme, subject = a_programme("BSIT"), a_subject("IT 101")
    browser = a_browser(a_registrar())
    assert "No curriculum yet" in words_of(browser.get(f"/programmes/{programme.id}/"))

    assert browser.post(f"/programmes/{programme.id}/curricula/new/", NAMES).status_code == 303
    draft = Curriculum.objects.get()
    place = f"/curricula/{draft.id}"
    assert 'option value="IT 101"' in text_of(browser.get(f"{place}/add/?term=2-SUMMER"))
    placed = browser.post(f"{place}/add/", {"subject_id": "it 101", "term": "2-SUMMER", "category": "MINOR"})
    assert (placed.status_code, placed["Location"]) == (303, f"{place}/#term-2-SUMMER")
    entry = CurriculumEntry.objects.get()
    assert (entry.subject_id, entry.year_level, entry.semester, entry.category) == (subject.id, 2, "SUMMER", "MINOR")

    assert browser.post(f"{place}/arrange/", {"later": str(entry.id)})["Location"] == f"{place}/#term-3-FIRST"
    assert browser.post(f"{place}/arrange/", {"earlier": str(entry.id)})["Location"] == f"{place}/#term-2-SUMMER"
    assert browser.post(f"{place}/arrange/", {"earlier": "nonsense"}).status_code == 303
    shown = text_of(browser.get(f"{place}/"))
    assert "Move IT 101 to the term before" in shown
    assert "3</b> of 120 units" in shown
    assert browser.post(f"/curriculum-entries/{entry.id}/remove/").status_code == 303
    assert not CurriculumEntry.objects.exists()


def test_an_entry_is_changed_with_what_comes_before_it_in_this_curriculum(curriculum):
    entry = CurriculumEntry.objects.get(subject__code="IT 102")
    browser = a_browser(a_registrar())
    sent = {
        "term": "2-FIRST", "category": "", "elective_group": "Elective 1", "tree": "IT 101", "version": "1",
        "rule_version": "0",
    }  # fmt: skip
    assert "Everywhere it asks for: IT 101&gt;=2.00" in text_of(browser.get(f"/curriculum-entries/{entry.id}/"))

    assert browser.post(f"/curriculum-entries/{entry.id}/", sent).status_code == 303

    entry.refresh_from_db()
    assert (entry.year_level, entry.elective_group) == (2, "Elective 1")
    assert PrerequisiteRule.objects.get(entry=entry).tree == {
        "kind": "SPECIFIC", "subject_id": str(Subject.objects.get(code="IT 101").id),
    }  # fmt: skip
    assert browser.post(f"/curriculum-entries/{entry.id}/", sent).status_code == 422
    ring = {**sent, "tree": "with:IT 102 & IT 102", "version": "3", "rule_version": "1"}
    assert browser.post(f"/curriculum-entries/{entry.id}/", ring).status_code == 422


def test_the_head_registrar_approves_what_can_be_followed(curriculum):
    place = f"/curricula/{curriculum.id}"
    registrar, head = a_browser(a_registrar()), a_browser(a_head_registrar())
    assert "can be followed as planned" in words_of(registrar.get(f"{place}/"))
    assert "Approve" not in words_of(registrar.get(f"{place}/"))
    assert registrar.post(f"{place}/move/", {"state": "APPROVED", "version": "1"}).status_code == 403

    assert head.post(f"{place}/move/", {"state": "APPROVED", "version": "9"}).status_code == 412
    assert head.post(f"{place}/move/", {"state": "APPROVED", "version": "1"}).status_code == 303
    assert head.post(f"{place}/move/", {"state": "ACTIVE", "version": "2"}).status_code == 303
    assert "Retire" in words_of(head.get(f"{place}/"))
    assert head.post(f"{place}/return/", {"reason": "IT 103 was forgotten."}).status_code == 303
    curriculum.refresh_from_db()
    assert curriculum.state == "DRAFT"


def test_what_cannot_be_followed_says_so_on_its_page(curriculum):
    a_prerequisite(Subject.objects.get(code="IT 101"), "year:3")
    browser = a_browser(a_head_registrar())

    shown = words_of(browser.get(f"/curricula/{curriculum.id}/"))
    assert "1 thing to put right" in shown
    assert "IT 101 cannot be reached in its term. Year 3 standing: in year 1." in shown
    assert browser.post(f"/curricula/{curriculum.id}/move/", {"state": "APPROVED"}).status_code == 409


def test_a_curriculum_is_renamed_and_copied(curriculum):
    browser = a_browser(a_registrar())
    renamed = {"name": "BSIT 2031 B", "effective_academic_year": "2031-2032", "version": "1"}
    assert browser.post(f"/curricula/{curriculum.id}/name/", renamed).status_code == 303
    assert browser.post(f"/curricula/{curriculum.id}/name/", renamed).status_code == 422

    assert browser.post(f"/curricula/{curriculum.id}/copy/", {**NAMES, "name": "BSIT 2032"}).status_code == 303
    assert Curriculum.objects.get(name="BSIT 2032").copied_from_id == curriculum.id
    assert browser.post(f"/curricula/{curriculum.id}/copy/", {**NAMES, "name": "BSIT 2032"}).status_code == 422


def test_the_network_is_drawn_and_stands_as_a_table_too(curriculum):
    answer = a_browser(a_registrar()).get(f"/curricula/{curriculum.id}/network/")

    drawn, said = text_of(answer), words_of(answer)
    assert drawn.count("<rect ") == 2
    assert "<title>IT 101 → IT 102</title>" in drawn
    assert "style=" not in drawn
    assert "IT 102 Year 1 · Second semester IT 101 with 2.00 or better 0" in said
    assert len(answer.content) < 60_000


def test_a_draft_is_shown_to_those_who_work_on_it_only(curriculum):
    place = f"/curricula/{curriculum.id}/"

    assert a_browser(a_cashier()).get(place).status_code == 404
    assert a_browser(a_member(roles.PROGRAM_HEAD)).get(place).status_code == 404
    assert a_browser(a_member(roles.DEAN)).get(place).status_code == 200
    Curriculum.objects.update(state="ACTIVE")
    reader = a_browser(a_cashier())
    assert "IT 101" in text_of(reader.get(place))
    assert "Add a subject" not in text_of(reader.get(place))
    assert reader.get(f"{place}add/").status_code == 403


def test_an_equivalency_is_added_and_ended(tenant):
    a_subject("MATH 1")
    a_subject("MATH A")
    browser = a_browser(a_registrar())
    sent = {"subject_id": "math 1", "satisfies_id": "MATH A", "effective_from": "2031-06-01", "effective_to": ""}

    assert browser.post("/equivalencies/new/", {**sent, "satisfies_id": "NONE"}).status_code == 422
    assert browser.post("/equivalencies/new/", sent).status_code == 303
    found = Equivalency.objects.get()
    assert "MATH 1" in text_of(browser.get("/equivalencies/"))
    assert browser.post(f"/equivalencies/{found.id}/end/", {"last_day": "2031-05-01"}).status_code == 422
    assert browser.post(f"/equivalencies/{found.id}/end/", {"last_day": "2031-12-31"}).status_code == 303
    assert f"/equivalencies/{found.id}/end/" not in text_of(a_browser(a_cashier()).get("/equivalencies/"))


def test_grade_scales_are_shown_and_a_new_version_is_made(tenant):
    browser = a_browser(an_administrator())
    assert "New grades are given by PH_5, version 1." in words_of(browser.get("/grade-scales/"))
    scale = GradeScale.objects.get(code="PH_5")
    assert "F* Failed does not pass" in words_of(browser.get(f"/grade-scales/{scale.id}/"))

    form = f"/grade-scales/{scale.id}/new-version/"
    marks = re.search(r"<textarea[^>]*>\s*(.*?)</textarea>", text_of(browser.get(form)), re.DOTALL)[1]
    sent = {
        "name": "Philippine", "direction": "LOWER_BETTER", "minimum_pass": "3.00", "effective_from": "2031-08-01",
        "marks": marks.replace("5.00, 5.00", "4.00, 4.00, NUMERIC, average\n5.00, 5.00"), "expected_number": "1",
    }  # fmt: skip
    assert browser.post(form, {**sent, "marks": "1.00; 1.00"}).status_code == 422
    assert browser.post(form, sent).status_code == 303
    made = GradeScale.objects.get(code="PH_5", version_number=2)
    assert (made.values.count(), scale.values.count()) == (18, 17)
    assert a_browser(a_registrar()).get(form).status_code == 403


def test_a_curriculum_from_a_file_is_rehearsed_then_imported(tenant):
    a_programme("BSIT", total_units_required=3)
    head = "programme,curriculum,academic_year,year,semester,code,title,lecture_units,prerequisites"
    browser = a_browser(a_registrar())

    def upload(line, **more):
        file = SimpleUploadedFile("bsit.csv", f"{head}\n{line}".encode())
        return browser.post("/curricula/from-file/", {"file": file, **more})

    good = "BSIT,BSIT 2031,2031-2032,1,1,IT 101,Computing,3,"
    assert "Needed:" in text_of(browser.get("/curricula/from-file/"))
    rehearsed = upload(good, dry_run="on")
    assert (rehearsed.status_code, "1 subjects, 1 of them new; 3 units." in words_of(rehearsed)) == (200, True)
    wrong = upload(good + "IT 9")
    assert (wrong.status_code, "line 2: prerequisites: There is no subject" in text_of(wrong)) == (422, True)
    assert not Curriculum.objects.exists()
    assert upload(good)["Location"] == f"/curricula/{Curriculum.objects.get().id}/"


def test_a_programme_has_a_head_who_sees_its_drafts(curriculum):
    head = a_member(roles.PROGRAM_HEAD, name="Hilda Ramos")
    programme = curriculum.programme
    changed = {
        "name": programme.name, "level": "BACHELOR", "department": "", "duration_years": "4",
        "total_units_required": "6", "is_active": "on", "version": "1", "head_id": str(head.membership_id),
    }  # fmt: skip

    assert a_browser(a_registrar()).post(f"/programmes/{programme.id}/change/", changed).status_code == 303
    assert "Hilda Ramos" in text_of(a_browser(a_cashier()).get(f"/programmes/{programme.id}/"))
    assert a_browser(head).get(f"/curricula/{curriculum.id}/").status_code == 200
    services.change_programme(a_registrar(), programme_id=programme.id, head_id=None)


def test_the_catalogue_stands_in_the_rail_of_those_who_work_with_it(tenant):
    a_programme("BSIT")

    def rail(actor):
        return text_of(a_browser(actor).get("/programmes/"))

    assert 'href="/subjects/"' in rail(a_registrar())
    head, cashier = rail(a_member(roles.PROGRAM_HEAD)), rail(a_cashier())
    assert ('href="/programmes/"' in head, 'href="/subjects/"' in head) == (True, False)
    assert 'href="/programmes/"' not in cashier.split("<main", 1)[0].split("<nav", 1)[1]
