"""Tables over real rows: the same list whatever way one pages through it, in at most three statements."""

import random

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.tenancy.models import Campus
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.web.tables import BooleanFilter, ChoiceFilter, Column, Table, TextFilter
from rollbook.core.web.tests.examples import a_request

pytestmark = pytest.mark.django_db


class CampusTable(Table):
    """Branches; several share a name, so that the order needs its tie-breaker."""

    name = "campuses"
    title = "Campuses"
    columns = (
        Column("name", "Name", sortable=True, primary=True),
        Column("code", "Code", sortable=True),
        Column("timezone", "Time zone", sortable=("timezone", "name")),
    )
    filters = (
        TextFilter("find", "Name or code", ("name__icontains", "code__istartswith")),
        ChoiceFilter("timezone", "Time zone", choices=(("Asia/Manila", "Manila"), ("Africa/Lagos", "Lagos"))),
        BooleanFilter("north", "North only", lookup={"name__istartswith": "north"}),
    )
    order = "name"
    page_size = 7


@pytest.fixture
def campuses(tenant):
    """Thirty branches under ten names in two time zones."""
    numbers = list(range(30))
    random.Random(7).shuffle(numbers)
    Campus.objects.bulk_create(
        Campus(
            code=f"C{number:02d}",
            name=f"{'North' if number % 3 else 'South'} {number % 10}",
            timezone="Africa/Lagos" if number % 4 == 0 else "Asia/Manila",
        )
        for number in numbers
    )
    return tenant


def table(address: str, organisation, **request) -> CampusTable:
    return CampusTable(
        a_request(address, organisation=organisation, **request), Campus.objects.values(*CampusTable.fields())
    )


def walk(address: str, organisation) -> list[str]:
    met = []
    while address:
        shown = table(address, organisation)
        met += [row["code"] for row in shown.slice.rows]
        address = shown.older_url
    return met


@pytest.mark.parametrize("sort", ["name", "-name", "code", "-code", "timezone", "-timezone"])
def test_paging_meets_every_row_once_and_in_order(campuses, sort):
    met = walk(f"/here/?sort={sort}", campuses)

    fields = {"timezone": ("timezone", "name")}.get(sort.lstrip("-"), (sort.lstrip("-"),))
    order = [("-" if sort.startswith("-") else "") + field for field in (*fields, "id")]
    assert met == list(Campus.objects.order_by(*order).values_list("code", flat=True))


def test_the_page_before_is_the_one_that_was_left(campuses):
    first = table("/here/?sort=-name", campuses)
    second = table(first.older_url, campuses)
    third = table(second.older_url, campuses)

    again = table(third.newer_url, campuses)

    assert [row["code"] for row in again.slice.rows] == [row["code"] for row in second.slice.rows]
    assert table(again.newer_url, campuses).slice.has_newer is False


def test_a_page_costs_at_most_three_statements(campuses, django_assert_num_queries):
    middle = table("/here/", campuses).older_url

    with django_assert_num_queries(2):
        str(table("/here/?timezone=Asia/Manila", campuses))
    with django_assert_num_queries(3):
        str(table(middle, campuses))


def test_filters_and_what_was_typed_narrow_rows_and_totals_alike(campuses):
    shown = table(
        "/here/?find=1&timezone=Africa/Lagos&north=1", campuses, session={"table.campuses.find": {"find": "north 4"}}
    )

    expected = Campus.objects.filter(name="North 4", timezone="Africa/Lagos").count()
    assert expected > 0
    assert shown.slice.totals.count == len(shown.slice.rows) == expected


def test_a_row_that_is_gone_begins_the_list_again(campuses):
    address = table("/here/", campuses).older_url
    gone = table("/here/", campuses).slice.rows[-1]["id"]
    Campus.objects.filter(id=gone).delete()

    assert [row["code"] for row in table(address, campuses).slice.rows] == walk("/here/", campuses)[:7]


def test_another_organisations_row_is_no_place_to_page_from(campuses, other_organisation):
    foreign = "01890000-0000-7000-8000-00000000beef"

    assert [row["code"] for row in table(f"/here/?after={foreign}", campuses).slice.rows] == walk("/here/", campuses)[
        :7
    ]


def test_rows_of_another_organisation_are_never_listed_or_exported(campuses, other_organisation, django_db_blocker):
    assert "Elsewhere" not in str(table("/here/", campuses))
    content = b"".join(table("/here/?export=csv", campuses).respond("unused.html").streaming_content).decode()
    assert content.count("\r\n") == 31


def test_another_organisation_sees_an_empty_list(organisation, other_organisation):
    with tenant_scope(organisation.id):
        Campus.objects.create(code="A", name="North")
    with tenant_scope(other_organisation.id):
        shown = table("/here/", other_organisation)
        assert (list(shown.slice.rows), shown.slice.totals.count) == ([], 0)


def test_who_takes_a_list_away_is_on_the_record_without_what_was_typed(campuses):
    shown = table("/here/?export=csv&north=1", campuses)
    b"".join(shown.respond("unused.html").streaming_content)

    entry = AuditEntry.objects.get(action="web.list_exported")
    assert entry.facts == {
        "table": "campuses", "format": "csv", "rows": 20, "columns": ["name", "code", "timezone"], "filters": ["north"],
    }  # fmt: skip
