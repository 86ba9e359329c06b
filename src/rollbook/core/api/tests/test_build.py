"""The API as a whole and its description."""

import re
from typing import Any

import pytest
from django.test import Client

from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.tenancy.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def description(client: Client, organisation: Organisation) -> dict[str, Any]:
    sign_in(client, a_member(organisation))
    answer: dict[str, Any] = client.get("/api/openapi.json").json()
    return answer


def operations(description: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]


def test_it_is_openapi_3_1_and_says_how_to_sign_in(description: dict[str, Any]) -> None:
    assert description["openapi"].startswith("3.1")
    assert description["info"]["title"] == "Rollbook"
    assert set(description["components"]["securitySchemes"]) == {"token", "session"}
    assert description["security"] == [{"token": []}, {"session": []}]


def test_every_operation_declares_its_permission_its_limit_and_its_refusals(description: dict[str, Any]) -> None:
    found = operations(description)

    assert len(found) >= 20
    for name, operation in found:
        assert operation["x-permission"], name
        assert re.fullmatch(r"\d+ in \d+ seconds", operation["x-rate-limit"]), name
        assert {"422", "429"} <= set(operation["responses"]), name
        assert list(operation["responses"]["422"]["content"]) == ["application/problem+json"], name
        if operation["x-permission"] != "public":
            assert {"401", "403"} <= set(operation["responses"]), name


def test_names_of_operations_are_unique_and_say_the_room(description: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, operation in operations(description)]

    assert len(set(names)) == len(names)
    assert "identity_invite_member" in names


@pytest.mark.parametrize("address", ["/api/docs/", "/api/redoc/", "/api/openapi.json"])
def test_the_description_is_for_those_who_are_signed_in(client: Client, address: str) -> None:
    assert client.get(address)["Location"].startswith("/login/")


@pytest.mark.parametrize("address", ["/api/docs/", "/api/redoc/"])
def test_the_pages_ask_nothing_of_anybody_else(client: Client, organisation: Organisation, address: str) -> None:
    sign_in(client, a_member(organisation))
    page = client.get(address).content.decode()

    assert re.findall(r'(?:src|href)="([^"]+)"', page)
    assert all(re.match("/(static|brand)/", place) for place in re.findall(r'(?:src|href)="([^"]+)"', page))
    assert "<script>" not in page
    assert "<style" not in page


def test_an_unknown_address_is_not_found(client: Client, organisation: Organisation) -> None:
    sign_in(client, a_member(organisation))

    assert client.get("/api/v1/identity/nothing").status_code == 404
