"""The measure for a list: a bare Django view that selects the same 50 rows and answers them as JSON.

No middleware, no sign-in, no permission, no request record: one URL, one view, one statement with the same columns,
`JsonResponse`. It stands in this file alone, in a server of its own with the same processes and threads as ours.
"""

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.core.handlers.wsgi import WSGIHandler
    from django.http import HttpRequest, JsonResponse

PATH = "/bare/payments"

STATEMENT = """
SELECT p.id, p.amount_minor, p.currency, p.method, p.external_reference, p.received_at, p.state, r.number,
       s.student_number
  FROM billing_payment p
  JOIN billing_account a ON a.organisation_id = p.organisation_id AND a.id = p.account_id
  LEFT JOIN billing_receipt r ON r.organisation_id = p.organisation_id AND r.payment_id = p.id
  LEFT JOIN college_records_student s ON s.organisation_id = p.organisation_id AND s.person_id = a.customer_id
 WHERE p.organisation_id = %s
 ORDER BY p.received_at DESC, p.id DESC
 LIMIT 50
"""


def payments(request: "HttpRequest") -> "JsonResponse":
    """The newest payments."""
    from uuid import UUID

    from django.db import connection
    from django.http import JsonResponse

    from rollbook.core.tenancy.scope import tenant_scope

    organisation_id = UUID(os.environ["BARE_ORGANISATION"])
    with tenant_scope(organisation_id), connection.cursor() as cursor:
        cursor.execute(STATEMENT, [organisation_id])
        names = [column.name for column in cursor.description]
        answer = JsonResponse({"items": [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]})
    # Without a middleware nobody else says how long it is.
    answer["Content-Length"] = str(len(answer.content))
    return answer


def make_application() -> "WSGIHandler":
    """Our database settings, and nothing else of ours."""
    from django.conf import settings
    from django.urls import path

    from rollbook.site.configuration import configuration
    from rollbook.site.runtime import connections

    config = configuration()
    database = connections.django_settings(
        connections.app_connection(config), pool_size=config.database_pool_size, prepare=True
    )
    settings.configure(
        ALLOWED_HOSTS=["127.0.0.1"],
        DATABASES={"default": database},
        ROOT_URLCONF=(path(PATH.lstrip("/"), payments),),
        MIDDLEWARE=[],
        USE_TZ=True,
        INSTALLED_APPS=["rollbook.core.tenancy", "rollbook.core.db"],
        SECRET_KEY="bare",
    )
    from django.core.wsgi import get_wsgi_application

    return get_wsgi_application()


def serve(port: int) -> None:
    """Serve with as many processes and threads as the web server of the installation."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    from rollbook.site.configuration import configuration

    config = configuration()
    Server(
        "benchmarks.bare_wsgi:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI,
        workers=config.web_workers, blocking_threads=config.web_threads, websockets=False, log_access=False,
        log_level=LogLevels.warning,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    serve(int(sys.argv[1]))
