"""The week of a college: a dean looks at it by room and hour by hour, a professor at their own."""

import pytest
from playwright.sync_api import expect

from rollbook.core.identity.examples import a_member
from rollbook.core.identity.models import Membership
from rollbook.core.ids import new_id
from rollbook.core.permissions.services import install_role_bundles
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site import urls  # noqa: F401 — loaded before a browser has to wait for it
from rollbook.systems.college.examples import a_term
from rollbook.systems.college.scheduling.examples import a_meeting, a_professor, a_room, a_section, a_subject
from rollbook.systems.college.scheduling.models import Faculty
from tests.journeys.support import is_fit

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def week(kept):
    """A college with four classes in two rooms; its dean and a professor."""
    organisation = Organisation.objects.create(
        slug=f"week-{new_id().hex[-12:]}", name="Kalayaan College", system="college", currency="PHP",
        timezone="Asia/Manila", locale="en-PH", country="PH",
    )  # fmt: skip
    with tenant_scope(organisation.id):
        install_role_bundles("college")
    dean = a_member(organisation, "dean", name="Ramos, Dolores")
    teacher = a_member(organisation, "professor", name="Aquino, Paz")
    with tenant_scope(organisation.id):
        term, rooms = (
            a_term("2031-1", is_current=True),
            [a_room("R101"), a_room("LAB-2", kind="COMPUTER_LAB", capacity=30)],
        )
        professor = a_professor("F-001")
        Faculty.objects.filter(id=professor.id).update(member=teacher)
        for number, (code, weekday, start, end) in enumerate(
            (("IT101", 1, "08:00", "09:30"), ("IT102", 1, "09:30", "11:00"), ("IT103", 3, "13:00", "16:00"),
             ("IT104", 5, "10:00", "11:15"))
        ):  # fmt: skip
            section = a_section(
                "BSIT-1A", subject=a_subject(code), term=term, professor=professor if number < 3 else None, state="OPEN"
            )
            a_meeting(section, weekday, start, end, room=rooms[number % 2], professor=professor if number < 3 else None)
    return {"dean": dean, "professor": teacher, "room": rooms[0].id, "section": section.id}


def see(visit, site, member: Membership, path: str, picture: str) -> None:
    """The page on a phone and at a desk, each photographed."""
    for width in (360, 1280):
        page = visit(member, width=width)
        page.goto(site.url(path))
        is_fit(page, picture)


@pytest.mark.parametrize(
    ("path", "picture"),
    [
        ("/schedule/", "schedule-week"),
        ("/schedule/?by=room&of={room}", "schedule-room"),
        ("/schedule/sections/{section}/", "schedule-section"),
        ("/schedule/demand/", ""),
        ("/schedule/conflicts/", ""),
        ("/schedule/publish/", "schedule-publish"),
        ("/schedule/faculty/", ""),
        ("/schedule/sections/{section}/meetings/new/", ""),
    ],
)
def test_a_dean_sees_the_schedule(visit, site, week, complaints, path, picture):
    see(visit, site, week["dean"], path.format(**week), picture)
    assert complaints.said == []


def test_a_dean_carries_a_class_by_keyboard_and_by_dragging_and_sees_what_is_in_the_way(visit, site, week, complaints):
    page = visit(week["dean"])
    page.goto(site.url(f"/schedule/?by=room&of={week['room']}"))
    handle = page.get_by_role("link", name="Move IT101 BSIT-1A, Mon 08:00–09:30")
    handle.focus()
    for key in ("ArrowRight", "ArrowRight", *["ArrowDown"] * 10):
        page.keyboard.press(key)
    expect(page.locator("[data-moving-said]")).to_have_text("Wednesday 13:00")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Not saved: something is in the way")).to_be_visible()
    expect(page.get_by_role("link", name="IT103 BSIT-1A").first).to_be_visible()
    is_fit(page, "schedule-move")
    page.get_by_role("link", name="Cancel").click()

    expect(handle).to_be_visible()
    page.locator("[data-hour]", has=handle).drag_to(page.locator("[data-place][data-weekday='2'][data-start='600']"))
    expect(page.get_by_text("Nothing is in the way")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Move IT101 BSIT-1A, Tue 10:00–11:30")).to_be_visible()
    assert complaints.said == []


@pytest.mark.parametrize("path", ["/my/classes/", "/my/calendar/"])
def test_a_professor_sees_own_classes(visit, site, week, complaints, path):
    see(visit, site, week["professor"], path, "own-classes" if "classes" in path else "")
    assert complaints.said == []
