"""People over JSON."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema, Status
from pydantic import ConfigDict, Field

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.preconditions import etag, expected_version
from rollbook.core.api.routing import SIGNED_IN, ApiRequest, Router
from rollbook.core.errors import Invalid
from rollbook.shared.people import permissions, selectors, services
from rollbook.shared.people.checking import NewPerson
from rollbook.shared.people.models import Address, ContactPoint, Identifier, Merge, Person, Relationship
from rollbook.shared.people.services.erasing import Erasure

router = Router(tags=["People"])

_PERSON = (
    "id", "family_name", "given_name", "middle_name", "suffix", "preferred_name", "birth_date", "sex", "photo_id",
    "is_private", "merged_into_id", "version", "created_at", "search_key",
)  # fmt: skip


class PersonOut(Schema):
    """Somebody on the roll."""

    id: UUID
    family_name: str
    given_name: str
    middle_name: str
    suffix: str
    preferred_name: str
    birth_date: date | None
    sex: str
    photo_id: UUID | None
    is_private: bool
    merged_into_id: UUID | None
    version: int
    created_at: datetime


class FoundOut(Schema):
    """A person that a search found, with what tells two people apart."""

    id: UUID
    full_name: str
    roll_name: str
    birth_date: date | None
    numbers: list[str]
    photo_id: UUID | None
    is_private: bool
    is_exact: bool


class SearchIn(Schema):
    """What somebody typed or scanned. It travels in the body: names stand in no address and no log."""

    model_config = ConfigDict(extra="forbid")
    text: str = Field(max_length=100)
    limit: int = Field(20, ge=1, le=50)


class NumberIn(Schema):
    """A number that a person carries."""

    model_config = ConfigDict(extra="forbid")
    kind: str = Field(pattern=r"^[a-z][a-z0-9_.]{0,49}$")
    value: str = Field(max_length=60)


class PersonIn(Schema):
    """Somebody to add."""

    model_config = ConfigDict(extra="forbid")
    family_name: str = ""
    given_name: str = ""
    middle_name: str = ""
    suffix: str = ""
    preferred_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    is_private: bool = False
    phones: list[str] = Field([], max_length=10)
    emails: list[str] = Field([], max_length=10)
    identifiers: list[NumberIn] = Field([], max_length=10)


class ChangeIn(Schema):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")
    family_name: str | None = None
    given_name: str | None = None
    middle_name: str | None = None
    suffix: str | None = None
    preferred_name: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    is_private: bool | None = None


class ContactIn(Schema):
    """A telephone number or an e-mail address."""

    model_config = ConfigDict(extra="forbid")
    kind: str
    value: str = Field(max_length=254)
    label: str = Field("", max_length=40)
    is_primary: bool = False


class ContactOut(Schema):
    """How a person is reached."""

    id: UUID
    person_id: UUID
    kind: str
    value: str
    label: str
    is_primary: bool
    verified_at: datetime | None


class NumberOut(Schema):
    """A number that a person carries."""

    id: UUID
    kind: str
    value: str


class AddressIn(Schema):
    """Where a person lives or gets post."""

    model_config = ConfigDict(extra="forbid")
    line1: str = ""
    line2: str = ""
    district: str = ""
    city: str = ""
    province: str = ""
    region: str = ""
    postal_code: str = ""
    country: str = ""
    district_code: str = ""
    city_code: str = ""
    province_code: str = ""
    region_code: str = ""


class AddressOut(AddressIn):
    """Where a person lives or gets post."""

    id: UUID
    kind: str


class RelationIn(Schema):
    """Who stands in which relation to the person."""

    model_config = ConfigDict(extra="forbid")
    relative_id: UUID
    kind: str
    is_primary: bool = False
    started_on: date | None = None
    note: str = Field("", max_length=200)


class RelationOut(Schema):
    """Who stands in which relation to whom."""

    id: UUID
    person_id: UUID
    relative_id: UUID
    kind: str
    is_primary: bool
    note: str
    started_on: date | None
    ended_on: date | None


class EndIn(Schema):
    """When something ended, and why."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(max_length=500)
    ended_on: date | None = None


class ErasureOut(Schema):
    """What anonymising somebody would take away, and what stands in the way."""

    kinds: dict[str, int] = Field(description="How many of each kind would go.")
    obstacles: list[str]
    is_possible: bool


class ErasureAskedOut(Schema):
    """A request that a second person decides among the approvals."""

    request_id: UUID
    state: str


class ReasonIn(Schema):
    """Why something is done."""

    model_config = ConfigDict(extra="forbid")
    reason: str = Field(max_length=500)


class MergeIn(Schema):
    """Which entry is a double of which, and how one knows."""

    model_config = ConfigDict(extra="forbid")
    survivor_id: UUID
    duplicate_id: UUID
    reason: str = Field(max_length=500)


class MergeOut(Schema):
    """Two entries that were found to be one person."""

    id: UUID
    survivor_id: UUID
    duplicate_id: UUID
    reason: str
    created_at: datetime
    undone_at: datetime | None
    undone_reason: str


class PersonDetailOut(PersonOut):
    """Somebody on the roll, with how they are reached and who belongs to them."""

    full_name: str
    roll_name: str
    contact_points: list[ContactOut]
    identifiers: list[NumberOut]
    addresses: list[AddressOut]
    relationships: list[RelationOut]


@router.get("", permission=permissions.VIEW_PEOPLE, response=Page[PersonOut])
def people(request: ApiRequest, page: Query[PageQuery]) -> dict[str, Any]:
    """Everybody on the roll, by name."""
    return page_of(selectors.people(request.actor).values(*_PERSON), page, order=("search_key", "id"))


@router.post("/search", permission=permissions.VIEW_PEOPLE, response=list[FoundOut])
def search(request: ApiRequest, body: SearchIn) -> list[selectors.Found]:
    """Find people by name, number, telephone, e-mail or barcode; whole numbers first."""
    return selectors.search_people(request.actor, body.text, limit=body.limit)


@router.post("", permission=permissions.ADD_PEOPLE, response={201: PersonOut})
def add(request: ApiRequest, body: PersonIn, response: HttpResponse) -> Status[Person]:
    """Add somebody to the roll."""
    values = body.model_dump(exclude={"phones", "emails", "identifiers"})
    new = NewPerson(
        **values,
        phones=tuple(body.phones),
        emails=tuple(body.emails),
        identifiers=tuple((number.kind, number.value) for number in body.identifiers),
    )
    person = services.add_person(request.actor, new)
    response["ETag"] = etag(person.version)
    return Status(201, person)


@router.get("/{uuid:person_id}", permission=SIGNED_IN, response=PersonDetailOut)
def person(request: ApiRequest, person_id: UUID, response: HttpResponse) -> dict[str, Any]:
    """One person; anybody may read their own entry."""
    found = selectors.person(request.actor, person_id)
    response["ETag"] = etag(found.version)
    return {
        **{name: getattr(found, name) for name in _PERSON},
        "full_name": found.full_name,
        "roll_name": found.roll_name,
        "contact_points": list(selectors.contact_points(person_id)),
        "identifiers": list(selectors.identifiers(person_id)),
        "addresses": list(selectors.addresses(person_id)),
        "relationships": list(selectors.relationships(person_id)),
    }


@router.patch("/{uuid:person_id}", permission=permissions.CHANGE_PEOPLE, response=PersonOut)
def change(request: ApiRequest, person_id: UUID, body: ChangeIn, response: HttpResponse) -> Person:
    """Change somebody. Send If-Match with the ETag that came with them."""
    changes = body.model_dump(exclude_unset=True)
    empty = [name for name, value in changes.items() if value is None and name != "birth_date"]
    if empty:
        raise Invalid(errors=[{"field": name, "message": _("Leave it out, or send text.")} for name in empty])
    version = expected_version(request)
    if version is None:
        version = selectors.person(request.actor, person_id).version
    changed = services.change_person(request.actor, person_id=person_id, version=version, changes=changes)
    response["ETag"] = etag(changed.version)
    return changed


@router.post("/{uuid:person_id}/contact-points", permission=permissions.CHANGE_PEOPLE, response={201: ContactOut})
def add_contact_point(request: ApiRequest, person_id: UUID, body: ContactIn) -> Status[ContactPoint]:
    """Write down how a person is reached; the same again changes nothing."""
    return Status(201, services.add_contact_point(request.actor, person_id=person_id, **body.model_dump()))


@router.post(
    "/contact-points/{uuid:contact_point_id}/make-primary", permission=permissions.CHANGE_PEOPLE, response=ContactOut
)
def make_primary(request: ApiRequest, contact_point_id: UUID) -> ContactPoint:
    """Use this number or address first."""
    return services.make_primary(request.actor, contact_point_id=contact_point_id)


@router.delete("/contact-points/{uuid:contact_point_id}", permission=permissions.CHANGE_PEOPLE, response={204: None})
def remove_contact_point(request: ApiRequest, contact_point_id: UUID) -> HttpResponse:
    """Take away a way of reaching a person."""
    services.remove_contact_point(request.actor, contact_point_id=contact_point_id)
    return HttpResponse(status=204)


@router.post("/{uuid:person_id}/identifiers", permission=permissions.CHANGE_PEOPLE, response={201: NumberOut})
def add_identifier(request: ApiRequest, person_id: UUID, body: NumberIn) -> Status[Identifier]:
    """Write down a number that a person carries."""
    return Status(201, services.add_identifier(request.actor, person_id=person_id, kind=body.kind, value=body.value))


@router.post("/identifiers/{uuid:identifier_id}/remove", permission=permissions.CHANGE_PEOPLE, response={204: None})
def remove_identifier(request: ApiRequest, identifier_id: UUID, body: ReasonIn) -> HttpResponse:
    """Take a number away, such as that of a lost card."""
    services.remove_identifier(request.actor, identifier_id=identifier_id, reason=body.reason)
    return HttpResponse(status=204)


@router.put("/{uuid:person_id}/addresses/{kind}", permission=permissions.CHANGE_PEOPLE, response=AddressOut)
def set_address(request: ApiRequest, person_id: UUID, kind: str, body: AddressIn) -> Address:
    """Write down where a person lives or gets post; one address of each kind."""
    return services.set_address(
        request.actor, person_id=person_id, kind=kind.upper(), **body.model_dump(exclude_unset=True)
    )


@router.post("/{uuid:person_id}/relationships", permission=permissions.CHANGE_PEOPLE, response={201: RelationOut})
def relate(request: ApiRequest, person_id: UUID, body: RelationIn) -> Status[Relationship]:
    """Write down a guardian, parent, next of kin."""
    return Status(201, services.relate(request.actor, person_id=person_id, **body.model_dump()))


@router.post("/relationships/{uuid:relationship_id}/end", permission=permissions.CHANGE_PEOPLE, response=RelationOut)
def end_relationship(request: ApiRequest, relationship_id: UUID, body: EndIn) -> Relationship:
    """Write down that a relationship is over."""
    return services.end_relationship(request.actor, relationship_id=relationship_id, **body.model_dump())


@router.post("/merges", permission=permissions.MERGE_PEOPLE, response={201: MergeOut})
def merge(request: ApiRequest, body: MergeIn) -> Status[Merge]:
    """Let one entry stand for another that is the same person."""
    return Status(201, services.merge_people(request.actor, **body.model_dump()))


@router.post("/merges/{uuid:merge_id}/undo", permission=permissions.MERGE_PEOPLE, response=MergeOut)
def undo_merge(request: ApiRequest, merge_id: UUID, body: ReasonIn) -> Merge:
    """Make the double a person of its own again."""
    return services.undo_merge(request.actor, merge_id=merge_id, reason=body.reason)


@router.get("/{uuid:person_id}/erasure", permission=permissions.CHANGE_PEOPLE, response=ErasureOut)
def consider_erasure(request: ApiRequest, person_id: UUID) -> Erasure:
    """What anonymising somebody would take away; nothing is changed."""
    return services.consider_erasure(request.actor, person_id=person_id)


@router.post("/{uuid:person_id}/erasure", permission=permissions.CHANGE_PEOPLE, response={201: ErasureAskedOut})
def request_erasure(request: ApiRequest, person_id: UUID, body: ReasonIn) -> Status[dict[str, Any]]:
    """Ask a second person to let somebody be anonymised whose years of keeping have passed."""
    asked = services.request_erasure(request.actor, person_id=person_id, reason=body.reason)
    return Status(201, {"request_id": asked.id, "state": asked.state})
