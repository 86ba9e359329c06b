"""Graduation and papers: who may go, who proposes and who confirms, a transcript, and whoever reads its code."""

import re
from datetime import timedelta
from fractions import Fraction

from playwright.sync_api import expect

from rollbook.systems.college.records.models import Student as StudentRow
from rollbook.systems.college.records.models import StudentStatusPeriod
from tests.journeys import support
from tests.journeys.college.year import plan
from tests.journeys.college.year.acts import at_once
from tests.journeys.college.year.classes import record
from tests.journeys.college.year.exams import words_of
from tests.journeys.college.year.screens import a_screen, look, open_page
from tests.journeys.college.year.sums import average, earned, passes, rounded
from tests.journeys.college.year.world import Year

ON_SCREEN, NOT_YET = "T01", "T02"


def thirty_are_checked(year: Year) -> None:
    """The graduation check of everybody: what is missing by year and semester, or nothing (R58)."""
    registrar = year.desk("registrar")
    found = at_once(lambda one: registrar.get(f"/college/students/{one.id}/graduation-check"), year.students)
    ready = []
    for student, shown in zip(year.students, found, strict=True):
        grades = record(year, student)
        done = {code for code, grade in grades if passes(grade)}
        missing = {(one.code, one.year, one.semester) for one in plan.SUBJECTS if one.code not in done}
        listed = {(one["codes"][0], one["year_level"], one["semester"]) for one in shown["missing"]}
        assert listed == missing, str(student)
        assert Fraction(shown["earned_units"]) == earned(grades), str(student)
        assert Fraction(shown["required_units"]) == plan.UNITS_OF_PROGRAMME
        is_open = any(grade == "INC" for _, grade in grades)
        assert shown["is_eligible"] == (not missing and not is_open), (str(student), shown["reasons"])
        if shown["is_eligible"]:
            ready.append(student)
    assert {student.key for student in ready} == {f"T{number:02d}" for number in range(1, 9)} - {NOT_YET, "T03"}
    registrar.post(f"/college/students/{year.one(NOT_YET).id}/confirm-graduation", expect=409)
    year.kept["ready"] = [student.key for student in ready]


def _let_them_have_been_here(year: Year) -> None:
    """The year is walked in minutes, and a status lasts a day at least: theirs began with the first term."""
    with year.scope():
        StudentStatusPeriod.objects.filter(student__in=[year.one(key).id for key in year.kept["ready"]]).update(
            from_date=year.today - timedelta(days=3)
        )


def they_graduate(year: Year) -> None:
    """The registrar proposes, one of them on the screen; the head registrar confirms (R58)."""
    _let_them_have_been_here(year)
    registrar, head = year.desk("registrar"), year.desk("head_registrar")
    student = year.one(ON_SCREEN)
    with a_screen(year, year.staff["registrar"]) as page:
        page.goto(year.site.url(f"/students/{year.one(NOT_YET).id}/graduation/"), wait_until="networkidle")
        expect(page.get_by_text("What is missing")).to_be_visible()
        look(page, "graduation-missing")
        page.goto(year.site.url(f"/students/{student.id}/graduation/"), wait_until="networkidle")
        expect(page.get_by_text("May graduate")).to_be_visible()
        look(page, "graduation")
        page.get_by_role("button", name="Propose the graduation").click()
        expect(page.get_by_text("Waits for the head registrar")).to_be_visible()
    for key in year.kept["ready"]:
        if key != ON_SCREEN:
            asked = registrar.post(f"/college/students/{year.one(key).id}/confirm-graduation", expect=201)
            registrar.refused(f"/approvals/{asked['id']}/decision", {"approve": True}, status=403, code="FORBIDDEN")
            assert head.post(f"/approvals/{asked['id']}/decision", {"approve": True})["state"] == "APPROVED"
    with a_screen(year, year.staff["head_registrar"]) as page:
        page.goto(year.site.url("/approvals/"), wait_until="networkidle")
        asked_for = page.get_by_role("article").filter(has_text=student.number)
        look(page, "graduation-decision")
        asked_for.get_by_role("button", name="Approve").click()
        expect(asked_for).to_have_count(0)
    with year.scope():
        gone = StudentRow.objects.filter(status="GRADUATED").values_list("student_number", flat=True)
        assert set(gone) == {year.one(key).number for key in year.kept["ready"]}
    year.kept["graduated"] = set(year.kept["ready"])


def a_transcript_is_released_and_verified(year: Year) -> None:
    """Released on the screen, read as a PDF, verified by its code without an account, and revoked (R57)."""
    student = year.one(ON_SCREEN)
    with a_screen(year, year.staff["registrar"]) as page:
        page.goto(year.site.url(f"/students/{student.id}/papers/"), wait_until="networkidle")
        page.get_by_label("Paper").select_option("TOR")
        page.get_by_label(re.compile("^(For|Purpose|What for)")).fill("Application for work")
        look(page, "papers")
        page.get_by_role("button", name="Release it").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"TOR-\d{4}-000001"))
        look(page, "paper")
        address = page.get_by_role("link", name=re.compile("^TOR-|[0-9A-Z]{8}")).first.get_attribute("href")
    assert address is not None
    path = "/" + address.split("/", 3)[3] if address.startswith("http") else address
    (paper,) = student.desk.get("/college/me/documents")
    link = student.desk.post(f"/college/me/documents/{paper['id']}/link")
    said = words_of(student.desk.download("/college/me/documents/file", token=link["token"]))
    grades = record(year, student)
    for word in (student.number, paper["number"], str(rounded(average(grades), 2)), *(code for code, _ in grades)):
        assert word in said, word
    _anybody_verifies(year, path, "is-valid")
    other = year.one("T04")
    other.desk.post(f"/college/me/documents/{paper['id']}/link", expect=404)
    year.desk("registrar").post(f"/college/documents/{paper['id']}/revoke", {"reason": "A name was spelt wrongly"})
    _anybody_verifies(year, path, "revoked")
    student.desk.post(f"/college/me/documents/{paper['id']}/link", expect=410)
    with a_screen(year, year.kept[f"member {ON_SCREEN}"], width=support.PHONE) as page:
        page.goto(year.site.url("/my/papers/"), wait_until="networkidle")
        look(page, "own-papers")


def _anybody_verifies(year: Year, path: str, picture: str) -> None:
    """No account, no script needed: whether it is good, and no more of the person than initials and stars."""
    student = year.one(ON_SCREEN)
    with open_page(year, width=support.PHONE, script=False) as page:
        page.goto(year.site.url(path))
        main = page.locator("main").inner_text()
        assert student.family not in main
        assert ("revoked" in main.lower()) == (picture == "revoked"), main
    with open_page(year, width=support.PHONE) as page:
        page.goto(year.site.url(path))
        look(page, f"verify-transcript-{picture}" if picture == "revoked" else "verify-transcript")
