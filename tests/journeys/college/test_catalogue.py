"""A registrar drafts a curriculum by keyboard and on a phone; the head registrar looks at it and puts it in force."""

import pytest
from playwright.sync_api import Page, expect

from rollbook.core.identity.examples import PASSWORD, a_member
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site.demo.curricula import FOLDER
from rollbook.systems.college.catalogue.models import Curriculum, CurriculumEntry
from rollbook.systems.college.catalogue.services import change_programme, import_curriculum
from tests.journeys.college import pictures
from tests.journeys.support import DESK, PHONE, sideways, small_targets, violations

pytestmark = pytest.mark.journey


def is_fit(page: Page, width: int) -> None:
    """Nothing that axe finds, nothing wider than the window, nothing too small for a thumb."""
    assert violations(page) == [], page.url
    assert sideways(page) == 0, page.url
    if width == PHONE:
        assert small_targets(page) == [], page.url


@pytest.fixture(scope="module")
def drafted(college):
    """The curriculum of BSIT as it is imported, and a head registrar."""
    organisation = Organisation.objects.get(id=college.organisation_id)
    head = a_member(
        organisation, "head_registrar", name="Helena Cruz", email=f"helena.{college.slug}@example.edu",
        password=PASSWORD,
    )  # fmt: skip
    system = Actor.system(organisation.id, job="journey")
    with tenant_scope(organisation.id):
        content = (FOLDER / "bsit.csv").read_bytes()
        found = import_curriculum(system, file_name="bsit.csv", content=content)
        curriculum = Curriculum.objects.get(id=found.curriculum_id)
        change_programme(
            system, programme_id=curriculum.programme_id, has_summer=True, total_units_required=int(found.total_units)
        )
    return head, curriculum


def test_a_registrar_changes_a_draft_without_a_mouse_and_on_a_phone(site, college, drafted, come_in, complaints):
    _, curriculum = drafted
    page = come_in(college.registrar, width=PHONE)
    page.goto(site.url(f"/curricula/{curriculum.id}/"))
    expect(page.get_by_text("can be followed as planned")).to_be_visible(timeout=60_000)
    is_fit(page, PHONE)
    pictures.take(page, "curriculum")

    # The keyboard alone: to the button, and pressed.
    button = page.get_by_role("button", name="Move IT 307 to the term after", exact=True)
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#term-3-SUMMER")
    with tenant_scope(college.organisation_id):
        assert CurriculumEntry.objects.get(curriculum=curriculum, subject__code="IT 307").semester == "SUMMER"
    page.get_by_role("button", name="Move IT 307 to the term before", exact=True).click()
    page.wait_for_url("**#term-3-SECOND")

    page.get_by_role("link", name="IT 308").click()
    expect(page.get_by_label("What must come before, in this curriculum")).to_have_value("IT 303 & IT 301 & year:3")
    is_fit(page, PHONE)
    page.get_by_label("What must come before, in this curriculum").fill("IT 401")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("IT 308 → IT 401 → IT 308").first).to_be_visible()
    is_fit(page, PHONE)
    assert complaints.said == [] or all("422" in each or "409" in each for each in complaints.said)


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_the_pages_of_the_catalogue_fit(site, college, drafted, come_in, width):
    _, curriculum = drafted
    page = come_in(college.registrar, width=width)
    for path, name in (
        ("/programmes/", ""), (f"/programmes/{curriculum.programme_id}/", "programme"), ("/subjects/", "subjects"),
        ("/subjects/new/", ""), (f"/curricula/{curriculum.id}/network/", "curriculum-network"),
        (f"/curricula/{curriculum.id}/add/?term=2-FIRST", ""), ("/curricula/from-file/", "curriculum-file"),
        ("/equivalencies/", ""), ("/equivalencies/new/", ""), ("/grade-scales/", "grade-scales"),
    ):  # fmt: skip
        page.goto(site.url(path))
        is_fit(page, width)
        if width == DESK and name:
            pictures.take(page, name)
    page.goto(site.url("/subjects/"))
    page.get_by_role("link", name="IT 208").first.click()
    expect(page.get_by_role("heading", name="What must come before")).to_be_visible()
    is_fit(page, width)


def test_the_head_registrar_approves_and_puts_it_in_force(site, drafted, come_in):
    head, curriculum = drafted
    page = come_in(head, width=DESK)
    page.goto(site.url(f"/curricula/{curriculum.id}/"))
    for name, state in (("Approve", "Approved"), ("Put in force", "In force")):
        page.get_by_role("button", name=name, exact=True).first.click()
        page.get_by_role("alertdialog").get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_text(state, exact=True)).to_be_visible()
    assert page.get_by_role("link", name="Add a subject").count() == 0
    is_fit(page, DESK)
