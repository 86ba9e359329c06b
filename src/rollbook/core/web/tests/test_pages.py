"""The shell around pages: who sees what, what htmx gets, what a refusal looks like."""

import gzip

import pytest
from django.contrib import messages
from django.test import Client

from rollbook.core.errors import Forbidden, NotFound, VersionConflict
from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.tenancy.selectors import organisation_facts
from rollbook.core.web.rendering import country_of, done, render, render_public
from rollbook.core.web.shell import initials
from rollbook.core.web.tests.examples import Page, a_request, faults

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(organisation) -> Client:
    """A browser in which an administrator is signed in."""
    client = Client()
    sign_in(client, a_member(organisation, "administrator", name="Santos, Maria"))
    return client


def test_a_stranger_is_sent_to_the_door(client):
    answer = client.get("/staff/components/")

    assert answer.status_code == 302
    assert answer["Location"].startswith("/login/?next=")


def test_somebody_without_the_permission_is_told_so_in_words(organisation):
    client = Client()
    sign_in(client, a_member(organisation, "auditor"))

    answer = client.get("/staff/components/")

    assert answer.status_code == 403
    assert "Your role does not allow this." in answer.content.decode()


@pytest.mark.parametrize(
    "section", ["", "look/", "actions/", "fields/", "cards/", "records/", "tables/", "charts/", "states/"]
)
def test_the_gallery_shows_every_section_without_faults(administrator, section):
    answer = administrator.get(f"/staff/components/{section}")

    assert answer.status_code == 200
    assert faults(answer.content.decode()) == []


def test_the_shell_says_where_one_is_and_as_whom(administrator, organisation):
    page = Page(administrator.get("/staff/components/").content.decode())

    assert organisation.name in page.text
    assert "Administrator" in page.text
    assert page.all("a", class_="rb-skip")[0]["href"] == "#content"
    assert page.all("main", id="content")


def test_an_unknown_section_is_not_found(administrator):
    assert administrator.get("/staff/components/nothing/").status_code == 404


def test_searching_opens_the_only_page_that_matches(administrator):
    answer = administrator.post("/search/", {"text": "components"})

    assert (answer.status_code, answer["Location"]) == (303, "/staff/components/")


def test_the_palette_lists_every_page_that_one_may_open(administrator):
    answer = administrator.post("/search/suggest/", {"place": "palette", "text": ""}, headers={"HX-Request": "true"})

    assert "Components" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_search_that_finds_nothing_says_what_to_try(administrator):
    answer = administrator.post("/search/", {"text": "zzzz <b>"}).content.decode()

    assert "Nothing matches" in answer
    assert "zzzz &lt;b&gt;" in answer


def test_search_terms_are_never_taken_from_an_address(administrator):
    answer = administrator.get("/search/?text=components")

    assert answer.status_code == 200
    assert "Nothing matches" in answer.content.decode()


def test_an_appearance_is_kept_and_shown_without_script(administrator):
    answer = administrator.post("/appearance/", {"appearance": "dark", "next": "/staff/components/"})
    assert (answer.status_code, answer["Location"]) == (303, "/staff/components/")
    assert 'data-theme="dark"' in administrator.get("/staff/components/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_choosing_an_appearance_never_leads_to_another_site(client, elsewhere):
    assert client.post("/appearance/", {"appearance": "dark", "next": elsewhere})["Location"] == "/"


def test_filipino_readers_get_their_language(administrator):
    administrator.post("/language/", {"language": "fil", "next": "/staff/components/"})

    answer = administrator.get("/staff/components/").content.decode()

    assert '<html lang="fil"' in answer
    assert "Lumaktaw sa nilalaman" in answer


def test_htmx_gets_the_content_alone_and_new_messages_as_toasts(organisation):
    request = a_request(organisation=organisation, headers={"HX-Request": "true"})
    messages.success(request, "Payment recorded")

    html = render(request, "rollbook/gallery/overview.html", {"sections": []}).content.decode()

    assert "<html" not in html
    assert 'hx-swap-oob="beforeend"' in html
    assert "Payment recorded" in html


def test_a_fragment_is_given_only_to_htmx(organisation):
    plain = render(
        a_request(organisation=organisation),
        "rollbook/gallery/overview.html",
        {"sections": []},
        fragment="rollbook/part.html",
    )
    part = render(
        a_request(organisation=organisation, headers={"HX-Request": "true"}),
        "rollbook/gallery/overview.html",
        {"sections": []},
        fragment="rollbook/search/suggestions.html",
    )

    assert b"<html" in plain.content
    assert b'data-for=""' in part.content


def test_a_completed_act_leads_on_by_both_ways():
    plain = done(a_request(), "web:gallery", message="Saved")
    part = done(a_request(headers={"HX-Request": "true"}), "web:gallery")

    assert (plain.status_code, plain["Location"]) == (303, "/staff/components/")
    assert (part.status_code, part["HX-Redirect"]) == (204, "/staff/components/")


def test_pages_shrink_on_the_line(organisation):
    request = a_request(organisation=organisation, headers={"Accept-Encoding": "gzip"})

    answer = render(request, "rollbook/gallery/overview.html", {"sections": []})

    assert answer["Content-Encoding"] == "gzip"
    assert b"<html" in gzip.decompress(answer.content)


@pytest.mark.parametrize("refusal", [VersionConflict(), Forbidden(permission="x")])
def test_a_refusal_is_a_page_with_a_sentence_and_a_way_on(organisation, refusal):
    html = render(
        a_request(organisation=organisation), "rollbook/refusals/page.html", {"refusal": refusal}, status=refusal.status
    ).content.decode()

    assert faults(html) == []
    assert refusal.detail in Page(html).text
    assert 'href="/"' in html


def test_a_refusal_for_htmx_is_added_and_never_replaces_what_was_typed(organisation):
    request = a_request(organisation=organisation, headers={"HX-Request": "true"})

    answer = render(request, "rollbook/refusals/fragment.html", {"refusal": NotFound()}, status=404)

    assert answer["X-Rollbook-Refusal"] == "1"
    assert 'role="alert"' in answer.content.decode()


def test_a_refusal_before_sign_in_has_no_navigation():
    html = render(a_request(), "rollbook/refusals/page.html", {"refusal": NotFound()}, status=404).content.decode()

    assert "rb-rail" not in html
    assert faults(html) == []


@pytest.mark.parametrize("status", ["bad_request", "not_allowed", "not_found", "stale_form", "failed", "unavailable"])
def test_error_pages_need_nothing_and_say_what_to_do(status, django_assert_num_queries):
    from rollbook.core.web import errors

    with django_assert_num_queries(0):
        answer = getattr(errors, status)(a_request())

    html = answer.content.decode()
    assert (
        answer.status_code
        == {
            "bad_request": 400,
            "not_allowed": 403,
            "not_found": 404,
            "stale_form": 403,
            "failed": 500,
            "unavailable": 503,
        }[status]
    )
    assert faults(html) == []
    assert "<script" not in html
    assert len(Page(html).all("a")) == 1


def test_a_lost_database_is_called_a_moment_and_not_a_fault():
    from django.db import OperationalError

    from rollbook.core.web import errors

    try:
        raise OperationalError
    except OperationalError:
        answer = errors.failed(a_request())

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_public_page_wears_the_institutions_colours_is_small_and_needs_no_script(organisation):
    facts = organisation_facts(organisation.id)
    context = {"title": "Genuine", "why": "This receipt was issued.", "action_url": "/"}

    html = render_public(a_request(), "rollbook/errors/error.html", context, organisation=facts).content.decode()

    assert organisation.name in html
    assert f"/brand/{facts.accent.lstrip('#')}.css" in html
    assert "<script" not in html
    assert len(html) < 5_000


@pytest.mark.parametrize(
    ("name", "letters"),
    [("San Isidro College", "SC"), ("De La Salle", "DS"), ("rollbook", "R"), ("Santos, Maria", "SM")],
)
def test_a_mark_is_made_of_the_first_and_last_name(name, letters):
    assert initials(name) == letters


@pytest.mark.parametrize(("locale", "country"), [("en-PH", "PH"), ("en_NG", "NG"), ("en", ""), ("fil", "")])
def test_the_country_is_read_from_the_locale(locale, country):
    assert country_of(locale) == country
