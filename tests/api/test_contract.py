"""The whole API against its own description: no server error, no answer that it does not name."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.test import Client
from hypothesis import HealthCheck, Phase
from hypothesis import settings as hypothesis_settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.permissions import register
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.site.api import api
from rollbook.site.testing.fixtures import make_organisation
from rollbook.site.wsgi import application
from rollbook.systems.college.fees.examples import a_payer

CHECKS = (not_a_server_error, status_code_conformance, response_schema_conformance)
CSRF = "a" * 32

schema = schemathesis.openapi.from_dict(json.loads(json.dumps(api.get_openapi_schema(), default=str)))
schema.app = application


@pytest.fixture(scope="module")
def cookie(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Somebody with every role, in a college that has something to show."""
    with django_db_blocker.unblock():
        organisation = make_organisation("contract-college")
        client = Client()
        sign_in(client, a_member(organisation, *register.roles("college")))
        with tenant_scope(organisation.id):
            a_payer("30000.00").pays("8000.00")
        name = settings.SESSION_COOKIE_NAME
        yield f"{name}={client.cookies[name].value}; {settings.CSRF_COOKIE_NAME}={CSRF}"


@schema.parametrize()
@hypothesis_settings(
    max_examples=6, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
def test_every_answer_is_one_that_the_description_names(case: Any, cookie: str, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        response = case.call(headers={"Cookie": cookie, "X-CSRFToken": CSRF})
        case.validate_response(response, checks=CHECKS)
