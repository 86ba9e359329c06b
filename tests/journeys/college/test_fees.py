"""An administrator makes a fee schedule; a supervisor bills by it, gives a discount and accepts a sponsor."""

import re

import pytest
from playwright.sync_api import Page, expect

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue.models import Programme
from tests.journeys.support import Site, is_fit, looks_right

pytestmark = pytest.mark.journey

DISCOUNT, SPONSOR = "Academic scholarship", "Commission on Higher Education"


def test_a_schedule_is_made_looked_at_and_put_in_force(site, college, come_in, complaints):
    desk = come_in(college.administrator)
    desk.goto(site.url("/fees/schedules/"))
    desk.get_by_role("link", name="Begin a schedule").first.click()
    desk.get_by_label("Code").fill("BSN-FULL")
    desk.get_by_role("textbox", name="Name", exact=True).fill("Nursing, every term")
    desk.get_by_label("Programme").select_option(label="BSN")
    is_fit(desk)
    desk.get_by_role("button", name="Begin it").click()
    expect(desk.get_by_text("Begun. Now add its fees.")).to_be_visible()
    for label, kind, basis, price in (
        ("Tuition", "Tuition", "Each unit", "650.00"),
        ("Laboratory", "Laboratory", "Each subject with a laboratory", "1200.00"),
        ("Library and registration", "Miscellaneous", "Once in the term", "30000.00"),
    ):
        desk.get_by_label("Fee", exact=True).fill(label)
        desk.get_by_label("Kind", exact=True).select_option(label=kind)
        desk.get_by_label("Charged for").select_option(label=basis)
        desk.get_by_label("Price").fill(price)
        desk.get_by_role("button", name="Add it").click()
        expect(desk.locator(".rb-line", has_text=label)).to_be_visible()
    looks_right(desk, "fee-schedule")
    desk.get_by_role("link", name="What would change?").click()
    desk.get_by_role("button", name="Put it in force").wait_for()
    is_fit(desk, "fee-schedule-effect")
    desk.get_by_role("button", name="Put it in force").click()
    expect(desk.get_by_text("In force for what is assessed from now on.")).to_be_visible()
    desk.goto(site.url("/fees/schedules/"))
    looks_right(desk, "fee-schedules")
    assert complaints.said == []


def test_a_term_is_assessed_discounted_and_sponsored(site, college, come_in, complaints):
    with tenant_scope(college.organisation_id):
        nurses = Programme.objects.get(code="BSN").id
    student = next(one for one in college.students if one.programme_id == nurses)
    address = f"/fees/students/{student.id}/{college.enrolments[student.id]}/"
    offer_a_discount(come_in(college.administrator), site)
    supervisor, till = come_in(college.supervisor), come_in(college.other_cashier)
    assess_and_add_a_sponsor(supervisor, site, address)
    ask_for_both(till, site, address)
    supervisor.goto(site.url("/approvals/"))
    for words in (DISCOUNT, SPONSOR):
        supervisor.locator("article", has_text=words).get_by_role("button", name="Approve").click()
        expect(supervisor.get_by_text("Approved and done.").first).to_be_visible()
        supervisor.goto(site.url("/approvals/"))
    till.goto(site.url(address))
    expect(till.get_by_text("If every class were left")).to_be_visible()
    looks_right(till, "student-assessment")
    issue_a_statement(supervisor, till, site)
    looks_right(till, "sponsor-statement")
    assert complaints.said == []


def offer_a_discount(administrator: Page, site: Site) -> None:
    """A tenth off for a scholarship."""
    administrator.goto(site.url("/fees/discounts/new/"))
    administrator.get_by_label("Code").fill("ACAD")
    administrator.get_by_role("textbox", name="Name", exact=True).fill(DISCOUNT)
    administrator.get_by_label("Percent").fill("10")
    is_fit(administrator)
    administrator.get_by_role("button", name="Offer it").click()
    administrator.wait_for_url(re.compile("/fees/discounts/$"))
    is_fit(administrator)


def assess_and_add_a_sponsor(supervisor: Page, site: Site, address: str) -> None:
    """The student's agreed sum gives way to the schedule, and a sponsor is written down."""
    supervisor.goto(site.url("/fees/bills/"), wait_until="networkidle")
    looks_right(supervisor, "term-bills")
    supervisor.goto(site.url(address))
    supervisor.get_by_role("button", name=re.compile("^Assess")).first.click()
    dialog = supervisor.get_by_role("alertdialog")
    dialog.get_by_label("Reason").fill("The agreed sum is replaced by the schedule.")
    dialog.get_by_role("button", name="Assess").click()
    expect(supervisor.get_by_text("Assessed by the fee schedule.")).to_be_visible()
    supervisor.goto(site.url("/fees/sponsors/new/"))
    supervisor.get_by_label("Code").fill("CHED")
    supervisor.get_by_role("textbox", name="Name", exact=True).fill(SPONSOR)
    supervisor.get_by_role("button", name="Add it").click()
    expect(supervisor.get_by_text("Written down.")).to_be_visible()
    is_fit(supervisor)


def ask_for_both(till: Page, site: Site, address: str) -> None:
    """A cashier asks for the discount and for half of the rest from the sponsor."""
    till.goto(site.url(f"{address}discount/"))
    till.get_by_label("Discount").select_option(label=DISCOUNT)
    till.get_by_label("Reason").fill("First of her class last year.")
    till.get_by_role("button", name="Ask a supervisor").click()
    expect(till.get_by_text("A supervisor has to decide")).to_be_visible()
    till.goto(site.url(f"{address}sponsor/"))
    till.get_by_label("Percent", exact=True).first.check()
    till.locator("input[name=percent]").fill("50")
    till.get_by_label("Number of its letter").fill("LG-2031-77")
    till.get_by_label("Reason").fill("The letter of guarantee is here.")
    is_fit(till)
    till.get_by_role("button", name="Ask a supervisor").click()
    expect(till.get_by_text("The letter of guarantee is here.")).to_be_visible()


def issue_a_statement(supervisor: Page, till: Page, site: Site) -> None:
    """The supervisor issues the sponsor's statement, and the cashier finds it."""
    supervisor.goto(site.url("/fees/sponsors/"))
    supervisor.get_by_role("link", name=SPONSOR).first.click()
    supervisor.get_by_role("button", name=re.compile("^Issue the statement of")).click()
    expect(supervisor.get_by_text("The statement is issued.")).to_be_visible()
    till.goto(site.url("/fees/sponsors/"))
    till.get_by_role("link", name=SPONSOR).first.click()
    expect(till.get_by_role("link", name=re.compile("^SPS-"))).to_be_visible()
