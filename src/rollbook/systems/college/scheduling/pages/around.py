"""What the pages of the schedule have in common: the term that is looked at, the tabs, the choices of forms."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import Membership
from rollbook.core.web import PageRequest
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Subject, Term
from rollbook.systems.college.catalogue.selectors import current_term
from rollbook.systems.college.scheduling import permissions
from rollbook.systems.college.scheduling.models import Block, Faculty, Room

_TABS = (
    ("schedule:matrix", _("Week"), permissions.VIEW_SCHEDULE),
    ("schedule:sections", _("Sections"), permissions.VIEW_SCHEDULE),
    ("schedule:rooms", _("Rooms"), permissions.VIEW_SCHEDULE),
    ("schedule:faculty", _("Faculty"), permissions.VIEW_SCHEDULE),
    ("schedule:demand", _("Demand"), permissions.VIEW_SCHEDULE),
    ("schedule:conflicts", _("Conflicts"), permissions.VIEW_SCHEDULE),
    ("schedule:publish", _("Publish"), permissions.PUBLISH),
)


def terms_of(request: PageRequest) -> tuple[list[Term], Term | None]:
    """The latest terms, and the one that is looked at: as the address says, else the current or the latest."""
    choices = list(Term.objects.order_by("-starts_on")[:8])
    asked = request.GET.get("term", "")
    named = next((term for term in choices if str(term.id) == asked), None)
    return choices, named or current_term() or (choices[0] if choices else None)


def around(request: PageRequest, at: str, **context: Any) -> dict[str, Any]:
    """The context of a page with its tabs and terms."""
    terms, term = terms_of(request)
    tabs = [
        {"label": label, "url": reverse(name), "is_current": name == at}
        for name, label, permission in _TABS
        if request.actor.may(permission)
    ]
    return {"tabs": tabs, "terms": terms, "term": term, **context}


def in_term(name: str, term_id: UUID) -> str:
    """The address of a page for one term."""
    return f"{reverse(name)}?term={term_id}"


def term_choices() -> list[tuple[str, str]]:
    """Terms for a field, the latest first."""
    return [(str(term.id), term.code) for term in Term.objects.order_by("-starts_on")[:12]]


def subject_choices() -> list[tuple[str, str]]:
    """Subjects for a field."""
    rows = Subject.objects.filter(is_active=True).order_by("code").values_list("id", "code", "title")
    return [(str(subject_id), f"{code} {title}") for subject_id, code, title in rows]


def block_choices(term_id: UUID) -> list[tuple[str, str]]:
    """Blocks of a term for a field."""
    rows = Block.objects.filter(term_id=term_id).order_by("code").values_list("id", "code")
    return [(str(block_id), code) for block_id, code in rows]


def room_choices(standing: UUID | None = None) -> list[tuple[str, str]]:
    """Rooms in use for a field, and the one that stands."""
    rooms = Room.objects.order_by("code")
    return [
        (str(room.id), f"{room.code} · {room.get_kind_display()}, {room.capacity}")
        for room in rooms
        if room.is_active or room.id == standing
    ]


def professor_choices(standing: UUID | None = None) -> list[tuple[str, str]]:
    """Those who teach for a field, and the one who stands."""
    profiles = Faculty.objects.select_related("person").order_by("person__family_name", "person__given_name")
    return [
        (str(profile.id), profile.person.roll_name)
        for profile in profiles
        if profile.is_active or profile.id == standing
    ]


def member_choices(standing: UUID | None = None) -> list[tuple[str, str]]:
    """Members who are professors and have no profile yet, and the one who stands."""
    taken = set(Faculty.objects.filter(member__isnull=False).values_list("member_id", flat=True)) - {standing}
    rows = Membership.objects.filter(roles__contains=[roles.PROFESSOR]).order_by("name").values_list("id", "name")
    return [(str(member_id), name) for member_id, name in rows if member_id not in taken]
