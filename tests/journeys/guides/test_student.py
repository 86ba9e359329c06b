"""The guide for students is true, on a telephone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from rollbook.core.identity.examples import PASSWORD, a_member, an_actor
from rollbook.core.identity.services.links import show_link
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.jobs.testing import work_off
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.waiting import join_waitlist
from rollbook.systems.college.scheduling.models import Section
from tests.journeys.college.world import College
from tests.journeys.guides.guide import Guide
from tests.journeys.guides.reader import PATIENCE, Visitor
from tests.journeys.guides.studies import drop_out_of, seat
from tests.journeys.support import PHONE, Site

pytestmark = pytest.mark.journey

guide = Guide("student")


@pytest.fixture
def phone(site: Site, studying: College, visit: Callable[..., Page], paying_online: None) -> Visitor:
    return Visitor(visit(), site, college=studying, visit=visit, width=PHONE)


@pytest.mark.parametrize("task", guide.headings)
def test_the_guide_for_students_is_true(task, phone, complaints):
    guide.run(task, phone)
    assert complaints.said == []


def test_the_guide_for_students_has_no_step_too_many_or_too_few():
    guide.compare()


# What the guide says one needs.


def a_link(phone: Visitor) -> None:
    """Somebody new has been given a link on paper."""
    college = phone.college
    student = college.student_named("Ocampo", "Dennis")
    member = a_member(
        Organisation.objects.get(id=college.organisation_id), "student", name="Dennis Ocampo", email=None,
        login_name=student.student_number, person_id=student.person_id,
    )  # fmt: skip
    with tenant_scope(college.organisation_id):
        secret = show_link(actor=an_actor(college.administrator), membership_id=member.id)
    phone.note["link"], phone.note["number"] = f"/o/{college.slug}/password/{secret}/", student.student_number


def juan(phone: Visitor) -> None:
    phone.sit_down(phone.college.student, "/my/payments/")


def juan_in_a_class(phone: Visitor) -> None:
    with tenant_scope(phone.college.organisation_id):
        section = Section.objects.get(subject__code="NUR 112")
        if not SubjectEnrolment.objects.filter(section=section).exists():
            seat(phone.college.student_named("Dela Cruz", "Juan"), section)
    juan(phone)


def an_offer(phone: Visitor) -> None:
    """Juan waits for a class that is full, and somebody leaves it."""
    student = phone.college.student_named("Dela Cruz", "Juan")
    with tenant_scope(phone.college.organisation_id):
        section = Section.objects.get(subject__code="GE 103")
        place = TermEnrolment.objects.get(student=student.id, term=section.term_id)
        join_waitlist(an_actor(phone.college.student), term_enrolment_id=place.id, section_id=section.id)
    drop_out_of(phone.college, "GE 103")
    juan(phone)


# What the guide says one does.

first_time = guide.task("Sign in for the first time", given=a_link)


@first_time.step("Open the link of your college. You will see **Choose your password**.")
def _(phone, choose):
    phone.go(phone.note["link"])
    expect(phone.page.get_by_role("heading", name=choose)).to_be_visible()
    phone.look("choose-password")


@first_time.step(
    "Type a password of your own into **New password**, the same into **The same again**, and press **Set the "
    "password**. Three or four words that only you would put together are best."
)
def _(phone, password, again, set_it):
    phone.fill(password, PASSWORD)
    phone.fill(again, PASSWORD)
    phone.press(set_it)


@first_time.step(
    "You will see **Your password is set. Sign in with it now.** Type your number or your address into **E-mail "
    "address or number** and the password into **Password**, and press **Sign in**."
)
def _(phone, is_set, name, password, sign_in):
    phone.sees(is_set)
    phone.fill(name, phone.note["number"])
    phone.fill(password, PASSWORD)
    phone.press(sign_in)
    phone.page.wait_for_url(lambda address: "login" not in address, timeout=PATIENCE)
    expect(phone.page.get_by_text("Student", exact=True).first).to_be_attached()


following = guide.task("See what to do next", given=juan)


@following.step(
    "Press **Home**. The first card says what needs you most, for instance what is due and which exam permit it opens, "
    "with the button that does it."
)
def _(phone, home):
    phone.choose_in_menu(home)
    card = phone.main.locator(".rb-next").first
    expect(card).to_contain_text(re.compile("is late|is due|seat|waits"))
    expect(card.get_by_role("link").first).to_be_visible()


@following.step("Press **My payments** to see it month by month.")
def _(phone, payments):
    phone.choose_in_menu(payments)
    expect(phone.main.get_by_role("list", name="Months of the plan")).to_contain_text("Month 6")


@following.step("Press **why?** beside **Still owed**: it opens the sum, **The term costs** less **Paid**.")
def _(phone, why, owed, costs, paid):
    phone.main.get_by_role("button", name=re.compile(f"{why}.*{owed}", re.IGNORECASE)).first.click()
    phone.sees(costs)
    expect(phone.page.get_by_role("row", name=re.compile(f"^{paid}")).first).to_be_visible()


online = guide.task("Pay online", given=juan)


@online.step("On **My payments**, press **Pay online**.")
def _(phone, payments, pay):
    expect(phone.page.get_by_role("heading", name=payments, level=1)).to_be_visible()
    phone.press(pay)


@online.step("Leave the **Amount** that is due next, or type another one, and press **Go on**.")
def _(phone, amount, go_on):
    phone.note["amount"] = phone.field(amount).input_value()
    assert phone.note["amount"]
    phone.look("pay-online")
    phone.press(go_on)


@online.step("Press **Go to** and the name of the payment provider. Pay there as you like; you come back by yourself.")
def _(phone, go_to):
    phone.press(f"{go_to} PayMongo")
    expect(phone.page.get_by_text("No real money moves here.")).to_be_visible(timeout=PATIENCE)
    phone.page.get_by_role("button", name="Pay", exact=True).click()
    phone.page.wait_for_url(re.compile("/my/payments/online/"), timeout=PATIENCE)


@online.step(
    "Back at **Online payment**, press **Look again** if it does not say **Paid** yet. It usually takes less than a minute."
)
def _(phone, place, again, paid):
    expect(phone.page.get_by_role("heading", name=place)).to_be_visible()
    for _turn in range(50):
        if "webhooks.handle_events" in work_off():
            break
        phone.page.wait_for_timeout(200)
    if phone.control(again).count():
        phone.press(again)
    expect(phone.main.get_by_text(paid, exact=True).first).to_be_visible(timeout=PATIENCE)
    phone.look("online-payment")


choosing = guide.task("Choose your classes", given=juan)


@choosing.step("Press **Enrol**. Under **Recommended** stands what you should take, most urgent first.")
def _(phone, enrol, recommended):
    phone.choose_in_menu(enrol)
    phone.sees(recommended)


@choosing.step(
    "Tick a subject. **My list** shows the units it makes and whether it fits your week. Choose a section where you "
    "want a certain one."
)
def _(phone, my_list):
    phone.sees(my_list)
    for code in ("NUR 111", "GE 101"):
        phone.main.get_by_role("checkbox", name=re.compile(code)).check()
        expect(phone.page.locator("#enrol-cart li", has_text=code).first).to_be_visible(timeout=PATIENCE)
    phone.page.get_by_label("Section of NUR 111").select_option(index=1)
    expect(phone.page.locator("#enrol-cart")).to_contain_text("of 30 units")
    phone.look("own-enrol")


@choosing.step(
    "When everything on the list says **possible**, press the **Enrol** button. Your seats are yours: you will see them "
    "under **My classes**."
)
def _(phone, possible, enrol, classes):
    cart = phone.page.locator("#enrol-cart")
    expect(cart.get_by_text(possible, exact=True)).to_have_count(2)
    cart.get_by_role("button", name=enrol, exact=True).click()
    phone.sees(classes)
    expect(phone.main.get_by_role("link", name="Drop NUR 111")).to_be_visible(timeout=PATIENCE)
    expect(phone.main.get_by_role("link", name="Drop GE 101")).to_be_visible()


waiting = guide.task("Wait for a seat", given=juan)


@waiting.step("Press **Enrol**, and beside a subject whose class is full press **Look at the sections**.")
def _(phone, enrol, look):
    phone.choose_in_menu(enrol)
    phone.press(look, within=phone.main.locator("li", has_text="GE 102"))


@waiting.step("Press **Wait for a seat in** and the section. You will see **You are in the queue.**")
def _(phone, wait, queued):
    phone.look("own-sections")
    phone.press(re.compile(f"^{wait}"))
    phone.sees(queued)


@waiting.step("Later you find your place under **My waitlist**: **Number 1 in the queue** is next.")
def _(phone, waitlist, number):
    phone.go("/my/payments/")
    phone.choose_in_menu(waitlist)
    phone.sees("GE 102", number)
    phone.look("own-waitlist")


accepting = guide.task("Take a seat that is offered", given=an_offer)


@accepting.step("Press **My waitlist**.")
def _(phone, waitlist):
    phone.choose_in_menu(waitlist)


@accepting.step("Press **Accept the seat in** and the subject. Now the class stands in **My timetable**.")
def _(phone, accept, timetable):
    phone.press(f"{accept} GE 103")
    expect(phone.control(f"{accept} GE 103")).to_have_count(0, timeout=PATIENCE)
    phone.go("/my/payments/")
    phone.choose_in_menu(timetable)
    phone.sees("GE 103")
    phone.look("own-timetable")


permits = guide.task("Print your exam permit", given=juan)


@permits.step("Press **My permits**. A permit that says **Ready** has a code; the others say which months open them.")
def _(phone, place, ready):
    phone.choose_in_menu(place)
    card = phone.main.get_by_role("article").filter(has_text="Midterm")
    expect(card).to_contain_text(ready)
    expect(card).to_contain_text("PRM-")
    expect(phone.main.get_by_role("article").last).to_contain_text("Opens when months 1 to")


@permits.step("Press **Print or save**. You can also show the code on your telephone at the door.")
def _(phone, print_it):
    with phone.page.context.expect_event("response", lambda answer: "/print/" in answer.url) as answered:
        phone.press(print_it)
    assert answered.value.status == 200


asking = guide.task("Ask for a promissory note", given=juan)


@asking.step("On **My payments**, press **Ask for a promissory note**.")
def _(phone, payments, ask):
    phone.go("/my/permits/")
    phone.choose_in_menu(payments)
    phone.press(ask)


@asking.step(
    "Choose the **Month** you cannot pay in time, the day you promise it for in **Promised for**, and write your "
    "**Reason**."
)
def _(phone, month, day, reason):
    phone.field(month).select_option(index=0)
    phone.fill(day, (phone.college.today + timedelta(days=10)).isoformat())
    phone.fill(reason, "My father's pay comes at the end of the month.")


@asking.step("Press **Ask for it**. It stands under **Promissory notes** as **Waiting** until the college has decided.")
def _(phone, ask, notes, waiting):
    phone.look("ask-for-note")
    phone.press(ask)
    section = phone.main.locator("section", has=phone.page.get_by_role("heading", name=notes))
    expect(section).to_contain_text(waiting, timeout=PATIENCE)


grades = guide.task("Read your grades", given=juan_in_a_class)


@grades.step("Press **My grades**. At the top stands your **GPA**, and beside **Why** how it was computed.")
def _(phone, place, gpa, why):
    phone.choose_in_menu(place)
    expect(phone.main.locator(".rb-fact", has_text=gpa).first).to_contain_text("1.63")
    expect(phone.main.locator(".rb-fact", has_text=why).first).to_contain_text("9.75 ÷ 6 units")


@grades.step("Look through the terms: a final grade stands there once the registrar has finalised it.")
def _(phone):
    expect(phone.page.get_by_role("row", name=re.compile("GE 100"))).to_contain_text("1.50")


@grades.step("Under **What if**, type grades you hope for and press **Show the average**. Nothing is stored.")
def _(phone, what_if, show):
    phone.sees(what_if)
    phone.fill("NUR 112", "1.25")
    phone.press(show)
    expect(phone.page.locator("#what-if")).to_contain_text(re.compile(r"1\.\d\d"), timeout=PATIENCE)
    phone.look("own-grades")


@grades.step(
    "Press **My progress**. The rings show what is **Done**, **Running** and **Left**; below, each year has its list."
)
def _(phone, place, done, running, left):
    phone.choose_in_menu(place)
    phone.sees(done, running, left, "Year 1")
    phone.look("own-progress")
    phone.main.get_by_text("Show numbers").click()
    expect(phone.main.get_by_role("row", name=re.compile("^Major"))).to_be_visible()


calendar = guide.task("Have your classes in your calendar", given=juan_in_a_class)


@calendar.step("Press **My timetable**, then **In my calendar**.")
def _(phone, timetable, in_calendar):
    phone.choose_in_menu(timetable)
    phone.press(in_calendar)


@calendar.step("Press **Make an address**. It is shown once.")
def _(phone, make):
    phone.press(make)
    expect(phone.field("Address")).to_be_visible()
    phone.look("student-calendar")


@calendar.step(
    "Copy the **Address** and add it in your calendar as a subscription. Changes of your classes follow by themselves."
)
def _(phone, address):
    subscribed = phone.visit(None).request.get(phone.field(address).input_value())
    assert subscribed.text().startswith("BEGIN:VCALENDAR")
    assert "NUR 112" in subscribed.text()
