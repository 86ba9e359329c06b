"""A believable report for tests: the people of the roll. What matters to a test is said in the test."""

from typing import Any

from django.db import connection

from rollbook.core import clock, ids
from rollbook.core.db.arrays import array_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.web.tables import ChoiceFilter, Column
from rollbook.core.web.tables.columns import exported
from rollbook.shared.analytics import reading
from rollbook.shared.analytics.asking import asked
from rollbook.shared.analytics.register import Report, ReportGroup, Statement, Values
from rollbook.shared.analytics.selectors import get_report
from rollbook.shared.people.permissions import VIEW_PEOPLE

PEOPLE = """
SELECT p.id, p.family_name, p.given_name, p.sex, p.created_at::date AS since, 100 AS due_minor
  FROM people_person p
 WHERE p.organisation_id = %(organisation)s AND (%(sex)s::text IS NULL OR p.sex = %(sex)s)
"""


def people(actor: Actor, values: Values) -> Statement:
    """Everybody on the roll, or those of one sex."""
    return Statement(PEOPLE, "family_name, given_name, id", {"sex": (values.get("sex") or (None,))[0]})


def a_report(key: str = "people-of-the-roll", **changes: Any) -> Report:
    """A report of everybody on the roll."""
    values: dict[str, Any] = {
        "key": key, "title": "People of the roll", "sentence": "Everybody.", "group": ReportGroup("roll", "The roll"),
        "permissions": (VIEW_PEOPLE,), "rows": people, "names_people": True,
        "columns": (
            Column("family_name", "Family name", primary=True),
            Column("given_name", "Given name"),
            Column("sex", "Sex", visible=False),
            Column("since", "Since", kind="date"),
            Column("due_minor", "Due", kind="money", total=True),
        ),
        "filters": (ChoiceFilter("sex", "Sex", choices=(("F", "Female"), ("M", "Male"))),),
        **changes,
    }  # fmt: skip
    return Report(**values)


def many_people(count: int, *, family_name: str = "Santos") -> None:
    """So many people, in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO people_person (organisation_id, id, created_at, family_name, given_name, middle_name, suffix,
                      preferred_name, sex, is_private, search_key, version)
               SELECT %s, id, %s, %s, 'Person ' || lpad(place::text, 6, '0'), '', '', '', 'F', false, '', 1
                 FROM unnest(%s::uuid[]) WITH ORDINALITY AS new (id, place) RETURNING id""",
            [require_organisation_id(), clock.now(), family_name, array_of(ids.new_id() for _ in range(count))],
        )


def rows_of(actor: Actor, key: str, *columns: str, **params: list[str]) -> list[tuple[Any, ...]]:
    """What a report holds for somebody, as a spreadsheet would: the columns named, or those that are usual."""
    wanted = asked(get_report(actor, key), params, columns)
    names = columns or tuple(column.name for column in wanted.columns)
    shown = {column.name: column for column in wanted.columns}
    return [
        tuple(exported(shown[name], row, "PHP") for name in names)
        for chunk in reading.chunks(wanted.report, actor, wanted.values)
        for row in chunk
    ]
