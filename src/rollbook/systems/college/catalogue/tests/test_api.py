"""Programmes and terms over JSON: what is answered, and what is refused in which shape."""

import pytest

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_programme,
    a_registrar,
    a_stranger,
    a_term,
    an_administrator,
)

BASE = "/api/v1/college"
TERM = {
    "code": "2031-1", "academic_year": "2031-2032", "kind": "FIRST", "starts_on": "2031-08-01", "ends_on": "2031-12-31",
    "windows": {"ENROLMENT": {"opens_on": "2031-07-01", "closes_on": "2031-07-31"}},
}  # fmt: skip


def send(client, method, path, body=None, **headers):
    return getattr(client, method)(f"{BASE}{path}", body, content_type="application/json", headers=headers)


def test_a_registrar_adds_and_changes_a_programme(tenant):
    client = a_browser(a_registrar())

    added = send(client, "post", "/programs", {"code": "BSIT", "name": "Information Technology", "level": "BACHELOR"})
    assert added.status_code == 201
    assert (added.json()["total_units_required"], added["ETag"]) == (120, '"1"')

    place = f"/programs/{added.json()['id']}"
    changed = send(client, "patch", place, {"is_active": False}, if_match='"1"')
    assert (changed.status_code, changed.json()["is_active"], changed["ETag"]) == (200, False, '"2"')
    assert send(client, "patch", place, {"name": "Other"}, if_match='"1"').status_code == 412
    assert send(client, "patch", place, {"name": "Other"}).status_code == 428
    assert [row["code"] for row in send(client, "get", "/programs?is_active=false").json()["items"]] == ["BSIT"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"code": "BSIT"}, "name"),
        ({"code": "BSIT", "name": "IT", "duration_years": 9}, "duration_years"),
        ({"code": "BSIT", "name": "IT", "version": 7}, "version"),
        ({"code": "BSIT", "name": "IT", "is_active": None}, "is_active"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_field(tenant, body, field):
    answer = send(a_browser(a_registrar()), "post", "/programs", body)

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [error["field"].split(".")[-1] for error in answer.json()["errors"]] == [field]
    assert not Programme.objects.exists()


def test_a_cashier_reads_the_catalogue_and_writes_nothing_in_it(tenant):
    a_programme("BSIT")
    client = a_browser(a_cashier())

    assert send(client, "get", "/programs").status_code == 200
    assert send(client, "post", "/programs", {"code": "BSN", "name": "Nursing"}).status_code == 403
    assert send(client, "post", "/terms", TERM).status_code == 403
    assert send(a_browser(a_stranger()), "get", "/programs").status_code == 403
    assert Programme.objects.count() == 1


def test_a_term_is_added_opened_and_made_current(tenant):
    administrator = a_browser(an_administrator())
    added = send(administrator, "post", "/terms", TERM)
    assert (added.status_code, added.json()["windows"]) == (
        201, [{"kind": "ENROLMENT", "opens_on": "2031-07-01", "closes_on": "2031-07-31"}],
    )  # fmt: skip
    place = f"/terms/{added.json()['id']}"

    assert send(administrator, "post", f"{place}/move", {"state": "ENROLMENT_OPEN"}).json()["state"] == "ENROLMENT_OPEN"
    refused = send(administrator, "post", f"{place}/move", {"state": "CLOSED"})
    assert (refused.status_code, refused.json()["code"]) == (409, "INVALID_STATE")
    assert send(administrator, "post", f"{place}/make-current").json()["is_current"] is True
    moved = send(administrator, "patch", place, {"windows": {"ENROLMENT": None}}, if_match='"3"')
    assert moved.json()["windows"] == []
    assert send(a_browser(a_registrar()), "post", f"{place}/move", {"state": "IN_PROGRESS"}).status_code == 403


def test_terms_are_listed_latest_first_page_by_page(tenant):
    for code in ("2030-1", "2030-2", "2031-1"):
        a_term(code)
    client = a_browser(a_registrar())

    first = send(client, "get", "/terms?limit=2").json()
    second = send(client, "get", f"/terms?limit=2&cursor={first['next_cursor']}").json()

    assert [row["code"] for row in first["items"] + second["items"]] == ["2031-1", "2030-2", "2030-1"]
    assert second["next_cursor"] is None


@pytest.mark.isolation
def test_another_colleges_rows_are_not_found(organisation, other_organisation):
    with tenant_scope(organisation.id):
        term_id, programme_id = a_term().id, a_programme().id
    with tenant_scope(other_organisation.id):
        client = a_browser(a_member("administrator"))

    for path in (f"/terms/{term_id}", f"/programs/{programme_id}"):
        assert send(client, "get", path).status_code == 404
    assert send(client, "post", f"/terms/{term_id}/move", {"state": "IN_PROGRESS"}).status_code == 404
    assert send(client, "patch", f"/programs/{programme_id}", {"name": "X"}, if_match="*").status_code == 404
    assert send(client, "get", "/terms").json()["items"] == []
    with tenant_scope(organisation.id):
        assert Term.objects.get().state == "ENROLMENT_OPEN"
