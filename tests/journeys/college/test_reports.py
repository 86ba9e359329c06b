"""A registrar looks at a report, narrows it, takes it away; a long one is written in the background meanwhile."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from rollbook.core import clock
from rollbook.core.identity.examples import PASSWORD, a_member, an_actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.analytics import rules
from rollbook.shared.analytics.asking import asked
from rollbook.shared.analytics.register import reports
from rollbook.shared.analytics.services.asking import run_report
from rollbook.shared.jobs.testing import work_off
from rollbook.systems.college import roles
from rollbook.systems.college.records.models import Override
from tests.journeys.support import looks_right

pytestmark = pytest.mark.journey


def test_a_report_is_narrowed_and_taken_away(site, college, come_in, complaints):
    desk = come_in(college.registrar)
    desk.goto(site.url("/reports/"), wait_until="networkidle")
    expect(desk.get_by_role("link", name="Collections")).to_have_count(0)
    looks_right(desk, "reports")

    desk.get_by_role("link", name="Enrolment by programme").click()
    expect(desk.get_by_text("Abad, Maria Cristina")).to_be_visible()
    looks_right(desk, "report-enrolment")

    # The filter changes the rows, and what the buttons give.
    desk.get_by_text("Programme", exact=True).first.click()
    desk.get_by_label("BSA Bachelor of Science in Accountancy").check()
    desk.get_by_role("button", name="Show").first.click()
    expect(desk.get_by_text("Abad, Maria Cristina")).to_have_count(0)
    expect(desk.locator("#report-files")).to_contain_text("All 8 rows")
    with desk.expect_download() as waited:
        desk.get_by_role("button", name="CSV").click()
    lines = list(csv.reader(Path(waited.value.path()).read_text("utf-8-sig").splitlines()))
    assert len(lines) == 9
    assert {line[2] for line in lines[1:]} == {"BSA"}
    assert complaints.said == []


def test_a_head_registrar_sees_whether_rules_are_set_aside_more_often(site, college, come_in, complaints):
    with tenant_scope(college.organisation_id):
        organisation = Organisation.objects.get(id=college.organisation_id)
        head, granted_by = a_member(organisation, roles.HEAD_REGISTRAR, password=PASSWORD), an_actor(college.registrar)
        for place, days in enumerate((7, 7, 14, 28, 28, 28)):
            Override.objects.create(
                kind="WINDOW" if place % 2 else "CAPACITY", subject_type="college_records.student",
                subject_id=college.students[place].id, reason="The dean has agreed in writing",
                granted_by_id=granted_by.acting_user_id(), created_at=clock.now() - timedelta(days=days),
            )  # fmt: skip
    desk = come_in(head)
    desk.goto(site.url("/reports/overrides/"))
    expect(desk.get_by_role("heading", name="Week by week")).to_be_visible()
    looks_right(desk, "report-overrides")

    desk.get_by_text("Show numbers").first.click()
    expect(desk.locator("#report-trend tbody tr")).to_have_count(4)
    desk.get_by_text("Rule", exact=True).first.click()
    desk.get_by_label("Section full").check()
    desk.get_by_role("button", name="Show").first.click()
    expect(desk.locator("#report-files")).to_contain_text("3")
    expect(desk.locator("#report-trend td.is-number").last).to_have_text("1")
    assert complaints.said == []


def test_a_long_report_is_written_while_one_does_something_else(site, college, come_in, complaints, monkeypatch):
    # Twenty-four students are a long list here, so that the college need not be filled with thousands.
    monkeypatch.setattr(rules, "MOST_AT_ONCE", 5)
    with tenant_scope(college.organisation_id):
        run = run_report(an_actor(college.registrar), asked(reports()["masterlist"], {}), file_format="pdf").run
    desk = come_in(college.registrar)
    desk.goto(site.url("/reports/masterlist/"))
    desk.get_by_role("link", name="PDF").click()
    assert desk.url == site.url(f"/reports/runs/{run.id}/")
    expect(desk.get_by_text("It stands in the queue and begins by itself.")).to_be_visible()
    looks_right(desk, "report-run")

    assert "analytics.report_run" in work_off()

    # Other journeys may have brought more students in.
    assert run.rows >= 24
    expect(desk.get_by_text(f"The report is ready: {run.rows} rows.")).to_be_visible()
    with desk.expect_download() as waited:
        desk.get_by_role("link", name="Take the file away").click()
    page = PdfReader(str(waited.value.path())).pages[0].extract_text()
    assert "Masterlist" in page
    assert "Castañeda, Jose Rafael" in page
    assert complaints.said == []
