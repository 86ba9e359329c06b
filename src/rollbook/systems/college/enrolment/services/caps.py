"""The usual number of units of terms that stand already, when the college changes it for them too (R59)."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import ngettext

from rollbook.core.audit.services.many import record_many
from rollbook.core.permissions.actor import Actor
from rollbook.core.policies.events import SettingReachesBack
from rollbook.core.policies.register import Preview, register_preview
from rollbook.core.policies.selectors import value_at
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.policies import MAX_UNITS, SUMMER_MAX_UNITS

_SEMESTERS = (Term.Kind.FIRST, Term.Kind.SECOND)
#: The kinds of terms whose cap each setting is.
KINDS: dict[str, tuple[str, ...]] = {MAX_UNITS: _SEMESTERS, SUMMER_MAX_UNITS: (Term.Kind.SUMMER,)}
_TARGET = "college_enrolment.termenrolment"


def _reached(key: str, before: Any, since: datetime) -> "QuerySet[TermEnrolment]":
    """Live terms opened since then with the usual cap. An approved overload stays what it was approved as."""
    rows: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(
        term__kind__in=KINDS[key], state__in=TermEnrolment.LIVE, created_at__gte=since, max_units=before
    ).exclude(term__state__in=Term.ENDED)
    return rows


def _foretell(key: str) -> Any:
    def foretell(_actor: Actor, value: Any, begins: datetime) -> Preview:
        count = _reached(key, value_at(key, begins), begins).count()
        sentence = ngettext(
            "%(n)s term of a student that was opened since then gets %(units)s units.",
            "%(n)s terms of students that were opened since then get %(units)s units.",
            count,
        ) % {"n": count, "units": value}
        return Preview(sentence, affected=count)

    return foretell


def follow_setting(event: SettingReachesBack) -> None:
    """Let the terms that stand have the new cap. Classes that were taken stay, also where they come to more."""
    if event.key not in KINDS:
        return
    rows = _reached(event.key, event.before, event.effective_from).order_by("id").select_for_update(of=("self",))
    found = list(rows.values_list("id", flat=True))
    if not found:
        return
    TermEnrolment.objects.filter(id__in=found).update(max_units=event.value)
    record_many(
        event.actor, "college.unit_cap_changed", _TARGET, found, reason=event.reason,
        before={"max_units": event.before}, after={"max_units": event.value},
        facts=[{"setting": event.key}] * len(found),
    )  # fmt: skip


def register_previews() -> None:
    """Say what a change of either cap would mean, before it is made."""
    for key in KINDS:
        register_preview(key, _foretell(key))
