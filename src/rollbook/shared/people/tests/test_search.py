"""One box takes a name, a number, a telephone number, an e-mail address or a barcode."""

from typing import Any

import pytest
from django.db import connection

from rollbook.core.errors import Forbidden
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.shared.people import rules, selectors
from rollbook.shared.people.examples import a_clerk, a_person, a_stranger
from rollbook.shared.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def roll(tenant: Organisation) -> dict[str, Person]:
    clerk = a_clerk(tenant.pk)
    return {
        "pena": a_person(
            clerk,
            phones=("0917 123 4567",),
            emails=("mc@example.org",),
            identifiers=(("college.student_number", "2031-00042"), ("barcode", "C0FFEE77")),
        ),
        "penaflor": a_person(clerk, family_name="Peñaflor", given_name="Mario", middle_name=""),
        "obrien": a_person(clerk, family_name="O'Brien-Łaski", given_name="Jean-Luc", preferred_name="Jay"),
        "next": a_person(
            clerk, family_name="Cruz", given_name="Ana", identifiers=(("college.student_number", "2031-000421"),)
        ),
    }


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("pena", ["pena", "penaflor"]),
        ("PEÑA", ["pena", "penaflor"]),
        ("maria pen", ["pena"]),
        ("mari pen", ["pena", "penaflor"]),
        ("pena cruz", []),
        ("obrien", ["obrien"]),
        ("O’Brien", ["obrien"]),
        ("jeanluc", ["obrien"]),
        ("jean-luc", ["obrien"]),
        ("laski", ["obrien"]),
        ("jay", ["obrien"]),
        ("2031-00042", ["pena", "next"]),
        ("203100042", ["pena", "next"]),
        ("2031 00042", ["pena", "next"]),
        ("00042", ["pena", "next"]),
        ("421", ["next"]),
        ("c0ffee77", ["pena"]),
        ("0917 123", ["pena"]),
        ("+63 917-123-4567", ["pena"]),
        ("9171234567", ["pena"]),
        ("maria 0917", ["pena"]),
        ("mc@example.org", ["pena"]),
        ("MC@ex", ["pena"]),
        ("", []),
        ("%", []),
        ("_", []),
        ("' OR 1=1 --", []),
        ("zz", []),
    ],
)
def test_people_are_found_by_whatever_is_typed(
    tenant: Organisation, roll: dict[str, Person], typed: str, found: list[str]
) -> None:
    hits = selectors.search_people(a_clerk(tenant.pk), typed)

    names = {person.pk: name for name, person in roll.items()}
    assert sorted(names[hit.id] for hit in hits) == sorted(found)


def test_a_whole_number_comes_first_and_is_marked_exact(tenant: Organisation, roll: dict[str, Person]) -> None:
    hits = selectors.search_people(a_clerk(tenant.pk), "2031-00042")

    assert [(hit.id, hit.is_exact) for hit in hits] == [(roll["pena"].pk, True), (roll["next"].pk, False)]
    assert hits[0].numbers == ("C0FFEE77", "2031-00042")
    assert selectors.search_people(a_clerk(tenant.pk), "0917 123 4567")[0].is_exact
    assert not selectors.search_people(a_clerk(tenant.pk), "0917 123")[0].is_exact


def test_a_search_is_one_statement_and_so_is_one_through_another_table(
    tenant: Organisation, roll: dict[str, Person], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        selectors.search_people(a_clerk(tenant.pk), "maria 0917")
    with django_assert_num_queries(1):
        people = list(Person.objects.filter(selectors.person_matches("pena")))
    assert {person.pk for person in people} == {roll["pena"].pk, roll["penaflor"].pk}


def test_a_stranger_may_not_search(tenant: Organisation, roll: dict[str, Person]) -> None:
    with pytest.raises(Forbidden):
        selectors.search_people(a_stranger(tenant.pk), "maria")
    with pytest.raises(Forbidden):
        selectors.people(a_stranger(tenant.pk))


def _index_conditions(where: str, values: list[object]) -> str:
    with connection.cursor() as cursor:
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort"):
            cursor.execute(f"SET LOCAL {setting} = off")
        statement = (
            f"EXPLAIN SELECT token FROM people_searchtoken WHERE organisation_id = %s AND {where} ORDER BY token"
        )
        cursor.execute(statement, [require_organisation_id(), *values])
        return "\n".join(line for (line,) in cursor.fetchall() if "Index Cond" in line)


def test_under_row_security_a_range_of_words_is_read_from_the_index_and_a_pattern_is_not(
    tenant: Organisation, roll: dict[str, Person]
) -> None:
    by_range = _index_conditions("token >= %s AND token < %s", ["pena", "penb"])
    by_pattern = _index_conditions("token LIKE %s", ["pena%"])

    assert "token >= 'pena'" in by_range
    assert "token" not in by_pattern.replace("people_search_token", "")


def test_doubles_are_suspected_by_name_and_birth_date_or_by_number(
    tenant: Organisation, roll: dict[str, Person]
) -> None:
    pena = roll["pena"]
    accentless = rules.Name("DELA PENA", "maria clara", "Santos")

    assert list(selectors.possible_duplicates(accentless, pena.birth_date)) == [pena]
    assert list(selectors.possible_duplicates(accentless)) == [pena]
    assert not selectors.possible_duplicates(accentless, pena.birth_date.replace(year=2001)).exists()
    by_number = selectors.possible_duplicates(
        rules.Name("Nobody", "Else"), numbers=(("college.student_number", "203100042"),)
    )
    assert list(by_number) == [pena]
