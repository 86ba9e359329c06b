"""The guide for administrators is true."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rollbook.core import clock
from rollbook.core.identity.examples import a_member
from rollbook.core.readiness import find_item
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.launch import chain, registry, runner
from tests.journeys.college.world import College
from tests.journeys.guides.guide import Guide
from tests.journeys.guides.reader import PATIENCE, Visitor
from tests.journeys.support import Site, carry_out_the_run

pytestmark = pytest.mark.journey

guide = Guide("administrator")
ITEM = "PLT-RLS-01"


@pytest.fixture
def house(site: Site, college: College, visit: Callable[..., Page]) -> Visitor:
    return Visitor(visit(), site, college=college, visit=visit)


@pytest.mark.parametrize("task", guide.headings)
def test_the_guide_for_administrators_is_true(task, house, complaints):
    guide.run(task, house)
    assert complaints.said == []


def test_the_guide_for_administrators_has_no_step_too_many_or_too_few():
    guide.compare()


# What the guide says one needs.


def andres(house: Visitor) -> None:
    """The administrator, at home."""
    house.sit_down(house.college.administrator)


def one_who_runs_the_installation(house: Visitor) -> None:
    """An administrator who is staff of the installation; last night one item was checked."""
    member = a_member(Organisation.objects.get(id=house.college.organisation_id), "administrator", name="Maria Santos")
    member.user.is_platform_staff = True
    member.user.save(update_fields=["is_platform_staff"])
    registry.load()
    item, context = find_item(ITEM), runner.Context("development", clock.now())
    chain.append(runner.result_of(runner.Task(item, context), runner.attempt(item, context), 12, None))
    house.sit_down(member)


# What the guide says one does.

inviting = guide.task("Invite somebody", given=andres)


@inviting.step("Press **Members** in the menu, then **Invite**.")
def _(house, members, invite):
    house.choose_in_menu(members)
    house.press(invite)


@inviting.step("Type the **Name** and the **E-mail address**, and tick what they are, for instance **Cashier**.")
def _(house, name, address, role):
    house.fill(name, "Lorna Diaz")
    house.fill(address, f"lorna.{house.college.slug}@example.edu")
    house.main.get_by_role("checkbox", name=role, exact=True).check()


@inviting.step(
    "Press **Invite**. You will see **is invited.** and their page; the link that sets the password goes to them by mail."
)
def _(house, invite, invited):
    house.look("invite")
    house.press(invite, within=house.main)
    house.sees(f"Lorna Diaz {invited}", "Not yet: the link was not used")
    house.look("member")


changing = guide.task("Change what somebody may do", given=andres)


@changing.step(
    "Press **Members** in the menu, and type a part of the name into **Name, number or e-mail**. The list follows while "
    "you type."
)
def _(house, members, box):
    house.choose_in_menu(members)
    house.field(box).press_sequentially("Nina")
    expect(house.main.get_by_role("row", name=re.compile("Sofia Villar"))).to_have_count(0, timeout=PATIENCE)


@changing.step("Press the name, then **Change roles**.")
def _(house, change):
    house.look("members")
    house.press("Nina Flores", within=house.main)
    house.press(change)


@changing.step("Tick or clear the roles and press **Change roles**. It holds from their next page on.")
def _(house, change):
    house.look("member-roles")
    house.main.get_by_role("checkbox", name="Auditor", exact=True).check()
    house.press(change, within=house.main)
    expect(house.main.locator(".rb-page-head, header").first).to_contain_text("Auditor", timeout=PATIENCE)


setting = guide.task("Change a setting", given=andres)


@setting.step("Press **Settings** in the menu, then the setting, for instance **Variance tolerance**.")
def _(house, settings, one):
    house.choose_in_menu(settings)
    house.press(one, within=house.main)
    expect(house.page.get_by_role("heading", name=one, level=1)).to_be_visible()


@setting.step("Type the new value into **Variance tolerance**, and the reason into **Why**.")
def _(house, field, why):
    house.fill(field, "50.00")
    house.fill(why, "The drawers are right to the peso since June.")


@setting.step(
    "Press **Look first**. Nothing is changed yet: **What that would mean** shows what was, what would be, and from when."
)
def _(house, look, meaning):
    house.press(look)
    house.sees(meaning)
    expect(house.main.get_by_text("₱100.00").first).to_be_visible()
    house.sees("Never changed")


@setting.step("Press **Change the setting**. Below, the **History** keeps who changed it and why.")
def _(house, change, history):
    house.press(change)
    house.sees("The setting is changed.", history)
    section = house.main.locator("section", has=house.page.get_by_role("heading", name=history))
    expect(section).to_contain_text("Andres Lim")
    expect(section).to_contain_text("right to the peso since June")


planning = guide.task("Plan a term", given=andres)


@planning.step("Press **Terms** in the menu, then **Plan a term**.")
def _(house, terms, plan):
    house.choose_in_menu(terms)
    house.press(plan)


@planning.step(
    "Type the **Code** and the **Academic year**, choose the **Kind**, and set the **First day** and the **Last day**."
)
def _(house, code, year, kind, first, last):
    begins = house.college.today + timedelta(days=120)
    house.look("plan-a-term")
    house.fill(code, f"{begins.year}-2")
    house.fill(year, f"{begins.year}-{begins.year + 1}")
    house.field(kind).select_option(label="Second semester")
    house.fill(first, begins.isoformat())
    house.fill(last, (begins + timedelta(days=140)).isoformat())
    house.note["begins"] = begins


@planning.step("Press **Plan the term**. You will see **Planned. Its exams were prepared with it.**")
def _(house, plan, planned):
    house.press(plan)
    house.sees(planned)


@planning.step(
    "Press **Change days**, set when **Enrolment opens** and the day it closes, and press **Save**. What has no days is "
    "closed."
)
def _(house, change, opens, save):
    house.press(change)
    opening = house.note["begins"] - timedelta(days=14)
    house.look("term-days")
    house.fill(opens, opening.isoformat())
    # The day it closes is the field beside it.
    closing = house.field(opens).get_attribute("name").replace("opens", "closes")
    house.main.locator(f"[name={closing}]").fill((opening + timedelta(days=20)).isoformat())
    house.press(save)
    house.sees("Saved.")
    expect(house.main.locator(".rb-fact", has_text="Enrolment")).to_be_visible()


months = guide.task("Decide which months an exam asks for", given=andres)


@months.step("Press **Exams** in the menu, then **Change the months**.")
def _(house, exams, change):
    house.choose_in_menu(exams)
    house.press(change)
    house.note["term"] = next(iter(house.college.terms))


@months.step(
    "Choose another month for **Prefinal**. Beside it, **What it would mean** counts who gains a permit and who would "
    "get none."
)
def _(house, exam, meaning):
    house.field(exam).select_option("2")
    house.sees(meaning)
    expect(house.page.locator("#impact")).to_contain_text("month 3 → month 2", timeout=PATIENCE)


@months.step("Type the reason into **Why** and the code of the term into **The term's code, to confirm**.")
def _(house, why, code):
    house.fill(why, "The prefinal was moved forward by the faculty.")
    house.fill(code, house.note["term"])


@months.step("Press **Change the months**. **What they asked for** keeps what was.")
def _(house, change, kept):
    house.press(change, within=house.main)
    house.sees(kept)
    house.sees("The prefinal was moved forward by the faculty.")


trail = guide.task("Find out who did what", given=andres)


@trail.step("Press **Audit trail** in the menu.")
def _(house, audit):
    house.choose_in_menu(audit)


@trail.step("Type a name into **Who**. The list follows while you type.")
def _(house, who):
    house.field(who).press_sequentially("Nina")
    expect(house.main.get_by_role("row", name=re.compile("Sofia Villar"))).to_have_count(0, timeout=PATIENCE)


@trail.step(
    "Press the time at the beginning of a line. You will see what changed, from where, and whether it is sealed."
)
def _(house):
    house.main.get_by_role("row", name=re.compile("Payment recorded")).first.get_by_role("link").first.click()
    house.sees("Circumstances", "Sealed")


@trail.step("Press **All of this record** to read the whole story of that payment, student or setting.")
def _(house, story):
    house.press(story)
    house.sees("Payment recorded")


jobs = guide.task("Look after background work", given=andres)


def find_page(house: Visitor, typed: str, name: str) -> None:
    """Find a page by the search box at the top."""
    house.page.get_by_role("banner").get_by_role("combobox").first.press_sequentially(typed)
    house.page.get_by_role("option", name=re.compile(name)).first.click()
    expect(house.page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=PATIENCE)


@jobs.step("Type **background** into the search box at the top and press **Background work**.")
def _(house, typed, name):
    find_page(house, typed, name)


@jobs.step("Read the first line: it says whether a worker is there, and whether something **Failed for good**.")
def _(house, failed):
    expect(house.main.get_by_role("alert").or_(house.main.locator(".rb-alert")).first).to_be_visible()
    house.sees(failed)


@jobs.step("Press **What has run** to see every run with its time and its outcome.")
def _(house, ran):
    house.press(ran)
    expect(house.page.get_by_role("heading", level=1, name=ran)).to_be_visible()


launch = guide.task("Read the launch checklist", given=one_who_runs_the_installation)


@launch.step("Type **launch** into the search box at the top and press **Launch checklist**.")
def _(house, typed, name):
    find_page(house, typed, name)


@launch.step("Press a line to read what is checked, what was found, and what to do.")
def _(house):
    house.press(ITEM, within=house.main)
    expect(
        house.page.get_by_role("heading", name="Row security is enabled and forced on every tenant table")
    ).to_be_visible()


@launch.step("Press **Check this now** after you have repaired it.")
def _(house, check):
    house.press(check)
    house.sees("runs in the background")
    carry_out_the_run()
