"""Terms: planned, changed, moved on, made current."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import events
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.systems.college.catalogue import permissions, rules, selectors
from rollbook.systems.college.catalogue.errors import TermCannotMove, TermIsClosed, TermNotFound, TermStandsAlready
from rollbook.systems.college.catalogue.events import TermAdded, TermMoved
from rollbook.systems.college.catalogue.models import Term, TermWindow
from rollbook.systems.college.catalogue.services.checking import must_be_free, must_be_version, save, values_of

TERM_FIELDS = ("starts_on", "ends_on")


@dataclass(frozen=True, slots=True)
class Span:
    """Local days from the first to the last, both included."""

    opens_on: date
    closes_on: date


@transaction.atomic
def add_term(
    actor: Actor,
    *,
    code: str,
    academic_year: str,
    kind: str,
    starts_on: date,
    ends_on: date,
    campus_id: UUID | None = None,
    windows: Mapping[str, Span | None] | None = None,
) -> Term:
    """Plan a term. It is being set up until it is opened for enrolment."""
    actor.require(permissions.MANAGE_TERMS)
    term = Term(
        code=code.strip(), academic_year=academic_year.strip(), kind=kind, starts_on=starts_on, ends_on=ends_on,
        campus_id=campus_id,
    )  # fmt: skip
    _check_term(term)
    must_be_free(Term, term.code, "a term")
    standing = TermStandsAlready(kind=term.get_kind_display().lower(), academic_year=term.academic_year)
    save(term, standing, force_insert=True)
    _set_windows(term, windows or {})
    record(actor, "college.term_added", term, after=_term_values(term, windows or {}))
    events.publish(TermAdded(actor=actor, term_id=term.id))
    return term


@transaction.atomic
def change_term(
    actor: Actor,
    *,
    term_id: UUID,
    starts_on: date | None = None,
    ends_on: date | None = None,
    windows: Mapping[str, Span | None] | None = None,
    expected_version: int | None = None,
) -> Term:
    """Move a term's days or windows. A window given as None is taken away, one that is not named stays."""
    actor.require(permissions.MANAGE_TERMS)
    term = selectors.get_term_for_update(term_id)
    must_be_version(term.version, expected_version)
    if term.has_ended:
        raise TermIsClosed(term=term.code, state=term.get_state_display().lower())
    before = _term_values(term, _standing_windows(term))
    term.starts_on, term.ends_on = starts_on or term.starts_on, ends_on or term.ends_on
    _check_term(term)
    term.version += 1
    term.save(update_fields=["starts_on", "ends_on", "version"])
    _set_windows(term, windows or {})
    record(actor, "college.term_changed", term, before=before, after=_term_values(term, _standing_windows(term)))
    return term


@transaction.atomic
def move_term(actor: Actor, *, term_id: UUID, state: str, expected_version: int | None = None) -> Term:
    """Take a term to its next state: open enrolment, begin, grade, close, archive."""
    actor.require(permissions.MOVE_TERMS)
    term = selectors.get_term_for_update(term_id)
    must_be_version(term.version, expected_version)
    if state not in Term.State.values:
        raise Invalid.field("state", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Term.State.values)})
    if not term.may_become(state):
        possible = [str(Term.State(each).label).lower() for each in sorted(term.TRANSITIONS[term.state])]
        raise TermCannotMove(
            term=term.code, state=term.get_state_display().lower(), wanted=str(Term.State(state).label).lower(),
            possible=", ".join(possible) or "nothing more",
        )  # fmt: skip
    before = term.state
    term.state, term.version = state, term.version + 1
    term.save(update_fields=["state", "version"])
    record(actor, "college.term_moved", term, before={"state": before}, after={"state": state})
    events.publish(TermMoved(actor=actor, term_id=term.id, state=state))
    return term


@transaction.atomic
def set_current_term(actor: Actor, *, term_id: UUID) -> Term:
    """Say which term of its campus people mean when they name none. The one before gives way."""
    actor.require(permissions.MOVE_TERMS)
    # Rows are locked in one order, whichever term becomes current, so that two such acts never wait for each other.
    rows: dict[UUID, Term] = {row.id: row for row in Term.objects.select_for_update(of=("self",)).order_by("id")}
    term = rows.get(term_id)
    if term is None:
        raise TermNotFound
    previous = [row for row in rows.values() if row.is_current and row.campus_id == term.campus_id and row is not term]
    for row in previous:
        row.is_current, row.version = False, row.version + 1
        row.save(update_fields=["is_current", "version"])
    if not term.is_current:
        term.is_current, term.version = True, term.version + 1
        term.save(update_fields=["is_current", "version"])
        record(actor, "college.term_made_current", term, previous=[row.code for row in previous])
    return term


def _check_term(term: Term) -> None:
    errors = []
    if not term.code or len(term.code) > 20:
        errors.append({"field": "code", "message": _("Enter a code of at most 20 characters, such as 2026-1.")})
    if not rules.is_academic_year(term.academic_year):
        errors.append({"field": "academic_year", "message": _("Enter two years that follow each other: 2026-2027.")})
    if term.kind not in Term.Kind.values:
        errors.append(
            {"field": "kind", "message": _("Choose one of: %(choices)s.") % {"choices": ", ".join(Term.Kind.values)}}
        )
    if term.starts_on > term.ends_on:
        errors.append({"field": "ends_on", "message": _("The term ends before it begins. Enter a later day.")})
    if errors:
        raise Invalid(errors=errors)


def _set_windows(term: Term, windows: Mapping[str, Span | None]) -> None:
    errors = [
        {"field": f"windows.{kind}", "message": message}
        for kind, span in windows.items()
        if (message := _window_error(kind, span))
    ]
    if errors:
        raise Invalid(errors=errors)
    for kind, span in windows.items():
        if span is None:
            TermWindow.objects.filter(term_id=term.id, kind=kind).delete()
        else:
            TermWindow.objects.update_or_create(
                term_id=term.id, kind=kind, defaults={"opens_on": span.opens_on, "closes_on": span.closes_on}
            )


def _window_error(kind: str, span: Span | None) -> str:
    if kind not in TermWindow.Kind.values:
        return _("There is no such window. Choose one of: %(choices)s.") % {
            "choices": ", ".join(TermWindow.Kind.values)
        }
    if span is not None and span.opens_on > span.closes_on:
        return _("This window closes before it opens. Enter a later last day.")
    return ""


def _standing_windows(term: Term) -> dict[str, Span]:
    rows = selectors.windows_of([term.id])[term.id]
    return {row.kind: Span(row.opens_on, row.closes_on) for row in rows}


def _term_values(term: Term, windows: Mapping[str, Span | None]) -> dict[str, Any]:
    values = values_of(term, ("code", "academic_year", "kind", *TERM_FIELDS))
    spans = {kind: f"{span.opens_on} – {span.closes_on}" for kind, span in windows.items() if span is not None}
    return {**values, **{f"window_{kind.lower()}": text for kind, text in sorted(spans.items())}}
