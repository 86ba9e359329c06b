"""A registrar brings students in from a file; an administrator plans terms and moves the months of exams."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.support import DESK, PHONE, is_fit, looks_right, violations

pytestmark = pytest.mark.journey


def test_a_registrar_finds_a_student_and_reads_the_record(site, college, come_in, complaints):
    page = come_in(college.registrar)
    page.goto(site.url("/students/"), wait_until="networkidle")
    looks_right(page, "students")

    page.get_by_label("Name, number or barcode").fill("tolentino")
    expect(page.locator("#table-students tbody tr")).to_have_count(1)
    assert "tolentino" not in page.url
    page.get_by_role("link", name="Tolentino, Princess").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tolentino, Princess")
    looks_right(page, "student-record")

    for tab, picture in (
        ("Terms", "student-terms"), ("Progress", "student-progress"), ("Exams", "student-exams"),
        ("Account", "student-account"), ("Holds", "student-holds"), ("History", "student-history"),
    ):  # fmt: skip
        page.get_by_role("link", name=tab, exact=True).last.click()
        expect(page.locator("[aria-current=page]", has_text=tab).last).to_be_visible()
        looks_right(page, picture)
    assert complaints.said == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_a_list_is_checked_before_anything_changes_and_then_imported(site, college, come_in, complaints, width):
    term, family = next(iter(college.terms)), "Salazar" if width == DESK else "Salonga"
    lines = [
        "student_number,family_name,given_name,programme,term,plan_total,instalments,first_due_on",
        f"99{width:04}1,{family},Ligaya,BSIT,{term},32000.00,6,{college.today:%Y-%m-%d}",
        f"99{width:04}2,Núñez,Benigno,BSN,{term},30000.00,6,{college.today:%Y-%m-%d}",
        f"99{width:04}3,Roxas,Amparo,BSX,{term},thirty thousand,6,{college.today:%Y-%m-%d}",
    ]
    page = come_in(college.registrar, width=width)
    page.goto(site.url("/students/files/new/"), wait_until="networkidle")
    is_fit(page, "student-file-choose")
    page.locator("input[type=file]").set_input_files(
        {"name": "second-batch.csv", "mimeType": "text/csv", "buffer": "\n".join(lines).encode()}
    )
    page.get_by_role("button", name="Check the file").click()
    expect(page.get_by_text("Checked. Nothing was changed yet.")).to_be_visible()
    expect(page.get_by_text("3 rows: 2 new, 0 known already, 1 with errors")).to_be_visible()
    is_fit(page, "student-file-checked")

    page.get_by_role("button", name="Import only the 2 rows that are right").click()
    expect(page.get_by_text("2 students were added.")).to_be_visible()
    is_fit(page, "student-file-imported")
    page.goto(site.url("/students/"))
    page.get_by_label("Name, number or barcode").fill(family.lower())
    expect(page.get_by_role("link", name=f"{family}, Ligaya")).to_be_visible()
    assert complaints.said == []


def test_an_administrator_plans_a_term_and_looks_at_programmes(site, college, come_in, complaints):
    page = come_in(college.administrator)
    page.goto(site.url("/programmes/"), wait_until="networkidle")
    looks_right(page, "programmes")
    page.goto(site.url("/terms/"), wait_until="networkidle")
    looks_right(page, "terms")

    begins = college.today + timedelta(days=90)
    page.get_by_role("link", name="Plan a term").click()
    page.get_by_label("Code").fill(f"{begins.year}-2")
    page.get_by_label("Academic year").fill(f"{begins.year}-{begins.year + 1}")
    page.get_by_label("Kind").select_option("SECOND")
    page.get_by_label("First day").fill(f"{begins:%Y-%m-%d}")
    page.get_by_label("Last day").fill(f"{begins + timedelta(days=140):%Y-%m-%d}")
    is_fit(page)
    page.get_by_role("button", name="Plan the term").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{begins.year}-2")
    looks_right(page, "term")
    assert complaints.said == []


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_months_of_exams_move_only_after_the_term_was_typed(site, college, come_in, complaints, width):
    term = next(iter(college.terms))
    page = come_in(college.administrator, width=width)
    page.goto(site.url("/exams/"), wait_until="networkidle")
    is_fit(page, "exams")
    page.get_by_role("link", name="Change the months").click()
    page.get_by_label("Final", exact=True).select_option("5" if width == PHONE else "4")
    expect(page.locator("#impact")).to_contain_text("month 4 → month 5" if width == PHONE else "month 5 → month 4")
    page.get_by_label("Why").fill("The board decided so in its September meeting.")
    is_fit(page, "exam-months")

    page.get_by_label("The term's code, to confirm").fill("yes")
    page.get_by_role("button", name="Change the months").click()
    expect(page.get_by_text(f"Type {term} to confirm").first).to_be_visible()
    assert violations(page) == []
    page.get_by_label("The term's code, to confirm").fill(term)
    page.get_by_role("button", name="Change the months").click()
    expect(page.get_by_text("The months are changed.")).to_be_visible()
    expect(page.get_by_text("The board decided so in its September meeting.").first).to_be_visible()
    is_fit(page)
    # The refused attempt is the only thing that the browser may complain of.
    assert all("422" in said for said in complaints.said)
