"""Adding people and changing what is written about them."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound, VersionConflict
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.people import rules, selectors, services
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.errors import IdentifierTaken, UnusualBirthDate
from rollbook.shared.people.examples import a_clerk, a_person, a_stranger
from rollbook.shared.people.models import ContactPoint, Identifier, Person, SearchToken

pytestmark = pytest.mark.django_db

ADMISSIBLE = rules.AgeBounds(youngest=14, oldest=90)


def test_a_person_is_added_in_one_form_with_an_audit_entry(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)

    person = services.add_person(
        clerk,
        NewPerson(
            family_name="  Dela   Pen\u0303a ",
            given_name="María",
            suffix="3rd",
            phones=("0917 123 4567", "+63 917 123 4567", "02 8123 4567"),
            emails=("Maria@Example.org",),
            identifiers=(("college.student_number", "2031-00042"),),
        ),
    )

    person.refresh_from_db()
    assert (person.family_name, person.given_name, person.suffix) == ("Dela Peña", "María", "3rd")
    assert person.search_key == "dela pena maria 3rd"
    assert (person.version, person.is_private) == (1, False)
    points = list(ContactPoint.objects.order_by("kind", "value").values_list("kind", "value", "is_primary"))
    assert points == [
        ("EMAIL", "maria@example.org", True),
        ("PHONE", "+63281234567", False),
        ("PHONE", "+639171234567", True),
    ]
    assert Identifier.objects.get().value_key == "203100042"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.user_id) == ("people.person_added", person.pk, clerk.user_id)
    assert entry.changes["family_name"] == {"before": None, "after": "Dela Peña"}


def test_a_single_name_of_120_characters_is_added(tenant: Organisation) -> None:
    person = services.add_person(a_clerk(tenant.pk), NewPerson(given_name="Ñ" * 120))

    assert person.full_name == "Ñ" * 120


@pytest.mark.parametrize(
    ("new", "field", "sentence"),
    [
        (NewPerson(), "given_name", "Enter a name; for a single name use the given name."),
        (
            NewPerson(given_name="Juan 😀"),
            "given_name",
            "Remove “😀”: a name has letters, spaces, hyphens, apostrophes and full stops.",
        ),
        (
            NewPerson(given_name="Juan\u202e"),
            "given_name",
            "Remove the character U+202E: a name has letters, spaces, hyphens, apostrophes and full stops.",
        ),
        (NewPerson(family_name="Ñ" * 121), "family_name", "Use at most 120 characters."),
        (NewPerson(given_name="--"), "given_name", "A name has at least one letter."),
        (
            NewPerson(given_name="Ana", birth_date=date(2999, 1, 1)),
            "birth_date",
            "A birth date cannot be in the future.",
        ),
        (NewPerson(given_name="Ana", sex="Q"), "sex", "Use one of F, M, X, or leave it empty."),
        (
            NewPerson(given_name="Ana", phones=("12",)),
            "phone",
            "Enter a telephone number such as +63 917 123 4567; without + it is read as a local number.",
        ),
        (NewPerson(given_name="Ana", emails=("ana",)), "email", "Enter an e-mail address such as name@example.org."),
        (
            NewPerson(given_name="Ana", identifiers=(("barcode", "--"),)),
            "identifiers",
            "A number has at least one letter or digit, and at most 60.",
        ),
    ],
)
def test_what_cannot_be_is_refused_by_field_and_nothing_is_added(
    tenant: Organisation, new: NewPerson, field: str, sentence: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        services.add_person(a_clerk(tenant.pk), new)

    assert refusal.value.errors == [{"field": field, "message": sentence}]
    assert not Person.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_unusual_age_is_asked_about_and_passes_when_confirmed(tenant: Organisation, frozen_clock: object) -> None:
    clerk = a_clerk(tenant.pk)
    toddler = NewPerson(given_name="Ana", birth_date=date(2029, 1, 15))

    with pytest.raises(UnusualBirthDate) as refusal:
        services.add_person(clerk, toddler, ages=ADMISSIBLE)

    assert refusal.value.detail == (
        "Born on 2029-01-15, this person would be 2. If that is right, confirm it; else correct it."
    )
    assert not Person.objects.exists()
    assert services.add_person(clerk, toddler, ages=ADMISSIBLE, is_age_confirmed=True).birth_date == date(2029, 1, 15)
    assert services.add_person(clerk, toddler).pk


def test_a_stranger_adds_and_changes_nobody(tenant: Organisation) -> None:
    person = a_person(a_clerk(tenant.pk))
    stranger = a_stranger(tenant.pk)
    before = AuditEntry.objects.count()

    with pytest.raises(Forbidden):
        services.add_person(stranger, NewPerson(given_name="Ana"))
    with pytest.raises(Forbidden):
        services.bulk_add(stranger, [NewPerson(given_name="Ana")])
    with pytest.raises(Forbidden):
        services.change_person(stranger, person_id=person.pk, version=1, changes={"given_name": "Eva"})
    with pytest.raises(Forbidden):
        services.set_photo(stranger, person_id=person.pk, photo_id=None)
    with pytest.raises(Forbidden):
        selectors.person(stranger, person.pk)

    person.refresh_from_db()
    assert person.given_name == "Maria Clara"
    assert Person.objects.count() == 1
    assert AuditEntry.objects.count() == before


def test_another_organisation_finds_and_changes_nothing(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.pk):
        person = a_person(a_clerk(organisation.pk))
    with tenant_scope(other_organisation.pk):
        theirs = a_clerk(other_organisation.pk)
        with pytest.raises(NotFound):
            selectors.person(theirs, person.pk)
        with pytest.raises(NotFound):
            services.change_person(theirs, person_id=person.pk, version=1, changes={"given_name": "Eva"})
        with pytest.raises(NotFound):
            services.set_photo(theirs, person_id=person.pk, photo_id=None)
        assert selectors.search_people(theirs, "maria") == []
        assert not selectors.people(theirs).exists()
    with tenant_scope(organisation.pk):
        assert Person.objects.get().given_name == "Maria Clara"


def test_a_change_is_recorded_with_before_and_after_and_moves_the_version(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk)

    changed = services.change_person(
        clerk, person_id=person.pk, version=1, changes={"family_name": "Reyes", "is_private": True}
    )

    assert (changed.full_name, changed.version, changed.public_name) == ("Maria Clara Santos Reyes", 2, "M. R.")
    assert changed.search_key == "reyes maria clara santos"
    entry = AuditEntry.objects.get(action="people.person_changed")
    assert entry.changes == {
        "family_name": {"before": "Dela Peña", "after": "Reyes"},
        "is_private": {"before": False, "after": True},
    }
    assert [found.id for found in selectors.search_people(clerk, "reyes")] == [person.pk]
    assert selectors.search_people(clerk, "pena") == []


def test_the_second_of_two_editors_is_told_what_stands_now(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk)
    services.change_person(clerk, person_id=person.pk, version=1, changes={"given_name": "Eva"})

    with pytest.raises(VersionConflict) as refusal:
        services.change_person(clerk, person_id=person.pk, version=1, changes={"given_name": "Ana"})

    assert refusal.value.facts == {"version": 2, "now": {"given_name": "Eva"}}
    person.refresh_from_db()
    assert (person.given_name, person.version) == ("Eva", 2)


def test_a_change_that_changes_nothing_leaves_no_trace(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk)

    same = services.change_person(clerk, person_id=person.pk, version=1, changes={"given_name": " Maria  Clara "})

    assert same.version == 1
    assert not AuditEntry.objects.filter(action="people.person_changed").exists()


def test_the_last_name_cannot_be_taken_away_and_unknown_fields_are_refused(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk, family_name="", given_name="Sukarno")

    with pytest.raises(Invalid) as no_name:
        services.change_person(clerk, person_id=person.pk, version=1, changes={"given_name": ""})
    with pytest.raises(Invalid) as unknown:
        services.change_person(clerk, person_id=person.pk, version=1, changes={"search_key": "x"})

    assert no_name.value.errors[0]["field"] == "given_name"
    assert unknown.value.errors == [{"field": "search_key", "message": "This cannot be changed here."}]
    person.refresh_from_db()
    assert (person.given_name, person.search_key) == ("Sukarno", "sukarno santos")


def test_anybody_may_see_their_own_entry(tenant: Organisation) -> None:
    person = a_person(a_clerk(tenant.pk))
    herself = a_clerk(tenant.pk, "nothing")
    object.__setattr__(herself, "person_id", person.pk)

    assert selectors.person(herself, person.pk) == person


ROWS = [
    NewPerson(family_name="Añonuevo", given_name="Bea", phones=("0918 555 0101",), emails=("bea@example.org",)),
    NewPerson(given_name="Sukarno", identifiers=(("barcode", "B-77"), ("college.student_number", "2031-00077"))),
    NewPerson(family_name="O’Brien-Cruz", given_name="Jean-Luc", birth_date=date(2011, 12, 31), sex="M"),
]


def _written(organisation: Organisation) -> dict[str, list[tuple[object, ...]]]:
    with tenant_scope(organisation.pk):
        return {
            "people": list(
                Person.objects.order_by("search_key").values_list(
                    "family_name", "given_name", "search_key", "birth_date", "sex", "version", "merged_into"
                )
            ),
            "contacts": list(
                ContactPoint.objects.order_by("value").values_list("person__search_key", "kind", "value", "is_primary")
            ),
            "numbers": list(
                Identifier.objects.order_by("value").values_list("person__search_key", "kind", "value", "value_key")
            ),
            "tokens": list(
                SearchToken.objects.order_by("token", "kind").values_list(
                    "person__search_key", "source__search_key", "kind", "token"
                )
            ),
        }


def test_many_at_once_write_the_same_rows_as_one_by_one(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.pk):
        people = services.bulk_add(a_clerk(organisation.pk), ROWS)
        entry = AuditEntry.objects.get()
    with tenant_scope(other_organisation.pk):
        for row in ROWS:
            services.add_person(a_clerk(other_organisation.pk), row)

    assert [person.given_name for person in people] == ["Bea", "Sukarno", "Jean-Luc"]
    assert _written(organisation) == _written(other_organisation)
    assert (entry.action, entry.facts["count"]) == ("people.people_added", 3)


def test_one_bad_row_among_many_adds_nobody_and_is_named(tenant: Organisation) -> None:
    with pytest.raises(Invalid) as refusal:
        services.bulk_add(a_clerk(tenant.pk), [*ROWS, NewPerson(given_name="😀")])

    assert [error["field"] for error in refusal.value.errors] == ["rows.3.given_name"]
    assert not Person.objects.exists()


def test_a_number_that_somebody_has_is_refused_with_its_holder(tenant: Organisation) -> None:
    clerk = a_clerk(tenant.pk)
    a_person(clerk, identifiers=(("barcode", "B-77"),))

    with pytest.raises(IdentifierTaken) as refusal, transaction.atomic():
        services.bulk_add(clerk, ROWS)

    assert refusal.value.detail == (
        "B-77 already belongs to Maria Clara Santos Dela Peña. "
        "Check the number; if both are the same person, merge them."
    )
    assert Person.objects.count() == 1


def test_an_import_is_checked_without_writing(tenant: Organisation, frozen_clock: object) -> None:
    rows = [NewPerson(given_name="Ana", birth_date=date(2030, 1, 1)), NewPerson(given_name="Ana", phones=("1",))]

    checked = services.check_rows(rows, ages=ADMISSIBLE)

    assert [(row.unusual_age, [problem["field"] for problem in row.problems]) for row in checked] == [
        (1, []),
        (None, ["phone"]),
    ]
    assert not Person.objects.exists()


def test_adding_two_thousand_people_takes_a_handful_of_statements(
    tenant: Organisation, django_assert_max_num_queries: object
) -> None:
    rows = [
        NewPerson(family_name=f"Cruz{chr(97 + i % 26)}", given_name="Ana", phones=(f"0917{i:07d}",))
        for i in range(2000)
    ]

    with django_assert_max_num_queries(10):  # type: ignore[operator]
        services.bulk_add(a_clerk(tenant.pk), rows)

    assert Person.objects.count() == 2000


@pytest.mark.parametrize(
    "fields",
    [
        {"family_name": "", "given_name": ""},
        {"given_name": "Ana", "merged_into_id": "own"},
        {"given_name": "Ana", "merged_into_id": "foreign"},
    ],
)
def test_the_database_refuses_a_nameless_person_and_a_strange_survivor(
    organisation: Organisation, other_organisation: Organisation, fields: dict[str, object]
) -> None:
    with tenant_scope(other_organisation.pk):
        foreign = a_person(a_clerk(other_organisation.pk))
    with tenant_scope(organisation.pk):
        person = Person(search_key="x", **{key: value for key, value in fields.items() if key != "merged_into_id"})
        if fields.get("merged_into_id") == "own":
            person.merged_into_id = person.pk
        elif fields.get("merged_into_id") == "foreign":
            person.merged_into_id = foreign.pk
        with pytest.raises(IntegrityError), transaction.atomic():
            person.save(force_insert=True)
        assert not Person.objects.exists()
