"""Every endpoint and page, tried by nobody, by a member without rights, and by another organisation's people."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from rollbook.core.api.routing import PUBLIC
from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.ids import new_id
from rollbook.core.permissions import register
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.analytics.asking import asked
from rollbook.shared.analytics.register import reports
from rollbook.shared.analytics.services.asking import run_report
from rollbook.shared.billing.models import Receipt, Shift
from rollbook.site.api import api
from rollbook.systems.college.examples import a_registrar
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.examples_of_schedules import a_discount, a_schedule, a_sponsor
from rollbook.systems.college.fees.models import FeeLine

pytestmark = [pytest.mark.django_db, pytest.mark.isolation]

#: Stands in every name of the college that nobody else may see.
MARKER = "Zyxwisolated"
REFUSALS = {401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 428, 429}


@dataclass(frozen=True)
class Way:
    """One method of one endpoint."""

    method: str
    path: str
    permission: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def _ways() -> list[Way]:
    ways = []
    for path, item in api.get_openapi_schema()["paths"].items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "x-permission" in operation:
                ways.append(Way(method.upper(), path, operation["x-permission"]))
    return ways


WAYS = _ways()


@pytest.fixture
def ours(organisation: Organisation) -> Payer:
    """A student with a payment, in the college that is attacked."""
    with tenant_scope(organisation.id):
        payer = a_payer("30000.00", number="260001")
        person = payer.student.person
        person.family_name = MARKER
        person.save(update_fields=["family_name"])
        payer.pays("8000.00")
    return payer


@pytest.fixture
def known_ids(organisation: Organisation, ours: Payer) -> dict[str, UUID | int | str]:
    """Real ids of our rows by the name of the parameter that takes them."""
    with tenant_scope(organisation.id):
        receipt, shift = Receipt.objects.get(), Shift.objects.get()
        permit = ours.enrolment.permits.get()
        schedule = a_schedule(MARKER)
        line = FeeLine.objects.filter(schedule=schedule).first()
        assert line is not None
        return {
            "student_id": ours.student.id,
            "plan_id": ours.invoice.id,
            "payment_id": receipt.payment_id,
            "receipt_id": receipt.id,
            "shift_id": shift.id,
            "permit_id": permit.id,
            "enrolment_id": ours.enrolment.id,
            "term_enrolment_id": ours.enrolment.id,
            "person_id": ours.student.person_id,
            "number": 1,
            "schedule_id": schedule.id,
            "line_id": line.id,
            "discount_id": a_discount(MARKER).id,
            "sponsor_id": a_sponsor(MARKER).id,
            "run_id": run_report(a_registrar(), asked(reports()["masterlist"], {}), file_format="csv").run.id,
            "key": "masterlist",
        }


def _filled(path: str, known: dict[str, UUID | int | str]) -> str:
    return re.sub(r"\{(?:[a-z]+:)?([a-z_]+)\}", lambda match: str(known.get(match.group(1), new_id())), path)


def _ask(client: Client, way: Way, known: dict[str, UUID | int | str]) -> Any:
    options = {"data": "{}", "content_type": "application/json"} if way.method != "GET" else {}
    return client.generic(way.method, _filled(way.path, known), HTTP_IDEMPOTENCY_KEY=str(new_id()), **options)


def _everything(organisation: Organisation) -> Client:
    """Somebody with every role of an organisation."""
    client = Client()
    sign_in(client, a_member(organisation, *register.roles("college")))
    return client


def test_the_api_has_its_ways_and_each_names_a_permission() -> None:
    assert len(WAYS) > 60
    for way in WAYS:
        assert way.permission in {PUBLIC, "signed-in"} or way.permission in register.permissions(), way


def test_nobody_gets_past_the_door(known_ids: dict[str, UUID | int | str]) -> None:
    for way in WAYS:
        answer = _ask(Client(), way, known_ids)
        if way.permission != PUBLIC:
            assert answer.status_code in {401, 405}, (way, answer.status_code)
        assert MARKER not in answer.content.decode(errors="replace"), way


def test_a_member_without_rights_is_refused(organisation: Organisation, known_ids: dict[str, UUID | int | str]) -> None:
    client = Client()
    sign_in(client, a_member(organisation))
    for way in WAYS:
        if way.permission in {PUBLIC, "signed-in"}:
            continue
        answer = _ask(client, way, known_ids)
        assert answer.status_code in REFUSALS, (way, answer.status_code)
        assert MARKER not in answer.content.decode(errors="replace"), way


@pytest.mark.rule("R1")
def test_another_organisations_people_learn_nothing(
    other_organisation: Organisation, known_ids: dict[str, UUID | int | str]
) -> None:
    client = _everything(other_organisation)
    for way in WAYS:
        answer = _ask(client, way, known_ids)
        assert answer.status_code < 500, (way, answer.status_code)
        assert MARKER not in answer.content.decode(errors="replace"), way
        takes_ours = any(f"{name}}}" in way.path for name, value in known_ids.items() if isinstance(value, UUID))
        if takes_ours and way.method == "GET":
            assert answer.status_code == 404, (way, answer.status_code)
        elif takes_ours:
            assert answer.status_code in REFUSALS, (way, answer.status_code)


def test_nothing_of_ours_changed_by_all_that(
    organisation: Organisation, other_organisation: Organisation, ours: Payer, known_ids: dict[str, UUID | int | str]
) -> None:
    client = _everything(other_organisation)
    with tenant_scope(organisation.id):
        before = (ours.months(), ours.dues(), ours.permits(), Receipt.objects.count(), Shift.objects.get().state)

    for way in WAYS:
        _ask(client, way, known_ids)

    with tenant_scope(organisation.id):
        after = (ours.months(), ours.dues(), ours.permits(), Receipt.objects.count(), Shift.objects.get().state)
    assert after == before


def _pages(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _pages(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "permission"):
            yield prefix + str(entry.pattern), entry.callback


def _page_path(pattern: str, known: dict[str, UUID | int | str]) -> str:
    return "/" + re.sub(r"<(?:[a-z]+:)?([a-z_]+)>", lambda match: str(known.get(match.group(1), new_id())), pattern)


def test_pages_ask_for_a_sign_in_and_show_nothing_of_another_college(
    other_organisation: Organisation, known_ids: dict[str, UUID | int | str]
) -> None:
    pages = [pattern for pattern, _ in _pages(get_resolver())]
    assert len(pages) > 30
    theirs = _everything(other_organisation)
    for pattern in pages:
        path = _page_path(pattern, known_ids)
        unknown = Client().get(path)
        assert unknown.status_code in {302, 404, 405}, (pattern, unknown.status_code)
        answer = theirs.get(path)
        assert answer.status_code < 500, (pattern, answer.status_code)
        assert MARKER not in answer.content.decode(errors="replace"), pattern
