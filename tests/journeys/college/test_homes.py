"""Whoever signs in sees what needs them first, and goes there with one press."""

import pytest
from django.conf import settings
from django.utils import translation
from playwright.sync_api import expect

from rollbook.core.identity.examples import PASSWORD, a_member, an_actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.web import navigation
from rollbook.systems.college import roles
from rollbook.systems.college.records.services.holds import place_hold
from tests.journeys.support import PHONE, looks_right

pytestmark = pytest.mark.journey


def somebody(college, role):
    """A member of the college with one more role."""
    with tenant_scope(college.organisation_id):
        return a_member(Organisation.objects.get(id=college.organisation_id), role, password=PASSWORD)


def test_a_student_comes_home_to_the_months_and_permits(site, college, come_in, complaints):
    page = come_in(college.student)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Welcome")
    expect(page.get_by_role("heading", name="Exam permits")).to_be_visible()
    looks_right(page, "home-student")

    page.get_by_role("link", name="Pay online", exact=True).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pay online")
    assert complaints.said == []


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (roles.HEAD_REGISTRAR, "Active students"),
        ("administrator", "Newest acts"),
        (roles.DEAN, "Conflicts"),
        (roles.PROFESSOR, "Classes today"),
        (roles.PROGRAM_HEAD, "Lists to advise"),
    ],
)
def test_everybody_at_work_comes_home_to_what_waits_and_how_things_stand(
    site, college, come_in, complaints, role, seen
):
    page = come_in(somebody(college, role))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Welcome")
    expect(page.get_by_text(seen, exact=True).first).to_be_visible()
    looks_right(page, f"home-{role.replace('_', '-')}")
    assert complaints.said == []


def test_a_registrar_goes_from_the_list_of_dangers_to_the_next_step(site, college, come_in, complaints):
    with tenant_scope(college.organisation_id):
        held = college.students[0]
        place_hold(
            an_actor(college.registrar),
            student_id=held.id,
            kind="LIBRARY",
            blocks=["ENROL"],
            reason="Books are missing",
        )
    page = come_in(college.registrar)
    page.goto(site.url("/grades/at-risk/"))
    expect(page.get_by_text("Library: Books are missing")).to_be_visible()
    looks_right(page, "students-at-risk")
    page.get_by_role("link", name="See the hold").first.click()
    expect(page.get_by_text("Books are missing")).to_be_visible()
    page.goto(site.url(f"/students/{held.id}/history/"))
    expect(page.get_by_text("Hold placed").first).to_be_visible()
    looks_right(page)

    dean = come_in(somebody(college, roles.DEAN))
    dean.goto(site.url("/grades/at-risk/"))
    expect(dean.get_by_text("Send the student to the registrar").first).to_be_visible()
    looks_right(dean)
    assert complaints.said == []


#: Which of these words stand on more than two lines of the bar, or are wider than their place in it.
CUT = """(words) => {
  const bar = document.querySelector('.rb-bottom');
  const place = bar.querySelector('.rb-bottom-item');
  return words.filter((word) => {
    const one = place.cloneNode(true);
    const said = one.querySelector('span');
    said.textContent = word;
    place.after(one);
    const lines = said.getBoundingClientRect().height / parseFloat(getComputedStyle(said).lineHeight);
    const cut = said.scrollWidth > one.clientWidth || lines > 2.1;
    one.remove();
    return cut;
  });
}"""


def test_every_place_is_named_whole_in_the_bar_of_a_phone_in_every_language(college, come_in):
    page = come_in(college.registrar, width=PHONE)
    # Five in the bar, as whoever has the most sees it: one is taken out while another is measured.
    page.evaluate("[...document.querySelectorAll('.rb-bottom > *')].slice(4).forEach((one) => one.remove())")
    words: set[str] = set()
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {str(item.short or item.label) for item in navigation.items() if item.in_rail}
            words.add(translation.gettext("More"))

    assert page.evaluate(CUT, ["Reconciliations of the term", *sorted(words)]) == ["Reconciliations of the term"]


def test_a_cashier_comes_home_to_the_desk(site, college, come_in):
    page = come_in(college.cashier)

    expect(page).to_have_url(site.url("/cashier/"))
