"""One's notices on the screen and over JSON."""

import json
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from rollbook.core.ids import new_id
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.messaging import kinds, services
from rollbook.shared.messaging.models import Notice
from rollbook.shared.people.models import Person
from rollbook.systems.college.examples import a_member, a_person
from rollbook.systems.college.fees.tests.browsing import browser_of, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def juan() -> Person:
    return a_person()


@pytest.fixture
def browser(juan: Person) -> Client:
    return browser_of(a_member("student", person_id=juan.id))


def told(person: Person, key: str = "k") -> UUID:
    made = services.notify(
        Actor.system(person.organisation_id, job="test"), recipient_person_id=person.id, kind=kinds.PAYMENT,
        subject_id=new_id(), dedupe_key=key, facts={"amount_minor": 5_000_00, "currency": "PHP"},
    )  # fmt: skip
    assert made is not None
    return made


def test_the_bell_counts_what_is_new_and_the_list_says_it(juan: Person, browser: Client) -> None:
    told(juan, "a")
    told(juan, "b")

    assert ">2<" in text_of(browser.get(reverse("messaging:unread")))
    page = text_of(browser.get(reverse("messaging:notices")))
    assert page.count("We received ₱5,000.00.") == 2
    assert reverse("messaging:unread") in page


def test_opening_a_notice_marks_it_read_and_goes_where_it_leads(juan: Person, browser: Client) -> None:
    notice = told(juan)

    opened = browser.post(reverse("messaging:open", args=[notice]))

    assert (opened.status_code, opened["Location"]) == (303, reverse("fees:own_payments"))
    assert text_of(browser.get(reverse("messaging:unread"))).strip() == ""
    browser.post(reverse("messaging:read_all"))
    assert Notice.objects.filter(read_at__isnull=True).count() == 0


def test_one_chooses_on_the_page_what_comes_by_mail(browser: Client) -> None:
    address = reverse("messaging:preferences")
    assert "Payment reminder" in text_of(browser.get(address))

    done = browser.post(address, {"by_mail": ["HOLD", "PAYMENT"]})
    wrong = browser.post(address, {"by_mail": ["GOSSIP"]})

    assert (done.status_code, wrong.status_code) == (303, 422)
    kept = browser.get("/api/v1/notifications/preferences").json()["by_mail"]
    assert (kept["HOLD"], kept["PERMIT"]) == (True, False)


def test_the_same_over_json(juan: Person, browser: Client) -> None:
    first, second = told(juan, "a"), told(juan, "b")

    page = browser.get("/api/v1/notifications/?limit=1").json()
    rest = browser.get(f"/api/v1/notifications/?limit=1&before={page['next']}").json()
    read = browser.post(f"/api/v1/notifications/{first}/read", "{}", content_type="application/json").json()
    chosen = browser.put(
        "/api/v1/notifications/preferences", json.dumps({"by_mail": {"HOLD": False}}), content_type="application/json"
    )

    assert [one["id"] for one in (*page["items"], *rest["items"])] == [str(second), str(first)]
    assert page["items"][0]["sentence"] == "We received ₱5,000.00. Thank you."
    assert (page["unread"], read["unread"], rest["next"]) == (2, 1, None)
    assert chosen.json()["by_mail"]["HOLD"] is False


@pytest.mark.isolation
def test_nobody_opens_somebody_elses_notice(juan: Person, organisation: Organisation) -> None:
    notice = told(juan)
    stranger = browser_of(a_member("student", person_id=a_person("Santos", "Maria").id))

    assert stranger.post(reverse("messaging:open", args=[notice])).status_code == 404
    assert (
        stranger.post(f"/api/v1/notifications/{notice}/read", "{}", content_type="application/json").status_code == 404
    )
    assert "₱" not in text_of(stranger.get(reverse("messaging:notices")))
    assert Notice.objects.get().read_at is None


def test_a_member_who_was_told_nothing_has_an_empty_page_and_chooses_too() -> None:
    browser = browser_of(a_member("administrator"))

    assert "Nothing yet" in text_of(browser.get(reverse("messaging:notices")))
    assert browser.get(reverse("messaging:preferences")).status_code == 200
