"""Standing and honours of a term: evaluated from the results that everybody sees, confirmed by a registrar (R54)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record, record_many
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.grading import permissions
from rollbook.systems.college.grading.errors import NothingToConfirm
from rollbook.systems.college.grading.models import StandingRule
from rollbook.systems.college.grading.rules.standing import (
    DEFAULT_HONOURS,
    DEFAULT_STANDINGS,
    SEVERITY,
    Figures,
    HonoursBand,
    StandingBand,
    honours_of,
    standing_of,
)
from rollbook.systems.college.grading.scales import scale_in_force
from rollbook.systems.college.grading.sql import execute, named, results

#: More bands than this are a mistake of typing.
MOST_BANDS = 12


@dataclass(frozen=True, slots=True)
class Bands:
    """By what a programme judges."""

    standings: Sequence[StandingBand]
    honours: Sequence[HonoursBand]


@dataclass(frozen=True, slots=True)
class NewRule:
    """A band as an administrator writes it."""

    name: str
    failed_percent: int | None = None
    gpa_limit: Decimal | None = None
    is_cumulative: bool = False
    least_units: Decimal = Decimal(0)


@transaction.atomic
def evaluate_term(actor: Actor, *, term_id: UUID) -> int:
    """Judge every result of a term that is not confirmed yet; answers how many. Three statements for any number."""
    actor.require(permissions.CONFIRM_STANDING)
    term = get_term(term_id)
    rows = named(results.TO_JUDGE, term=term.id)
    bands = bands_of_programmes()
    direction = scale_in_force(organisation_in_scope().local_date(clock.now())).direction
    judged = [(row["id"], *_judge(row, bands.get(row["programme_id"], bands[None]), direction)) for row in rows]
    if judged:
        execute(
            results.JUDGED,
            ids=array_of(each[0] for each in judged),
            standings=text_array_of(each[1] for each in judged),
            honours=text_array_of(each[2] for each in judged),
        )
        record(actor, "college.standings_evaluated", term, students=len(judged))
    return len(judged)


def _judge(row: dict[str, Any], bands: Bands, direction: str) -> tuple[str, str]:
    figures = Figures(row["gpa_shown"], row["cumulative_shown"], row["units_attempted"], row["units_failed"], direction)
    return standing_of(figures, bands.standings), honours_of(figures, bands.honours, graded_units=row["gpa_units"])


def bands_of_programmes() -> dict[UUID | None, Bands]:
    """The bands of every programme that has its own; under None those of all others."""
    direction = scale_in_force(organisation_in_scope().local_date(clock.now())).direction
    rules: dict[UUID | None, list[StandingRule]] = defaultdict(list)
    for rule in StandingRule.objects.order_by("kind", "gpa_limit", "name"):
        rules[rule.programme_id].append(rule)
    usual = Bands(DEFAULT_STANDINGS, DEFAULT_HONOURS[direction])
    found = {programme: _bands(of, usual) for programme, of in rules.items()}
    return {**{programme: bands for programme, bands in found.items() if programme}, None: found.get(None, usual)}


def _bands(rules: Sequence[StandingRule], usual: Bands) -> Bands:
    """A kind that nobody has set is judged as usual."""
    standings = [
        StandingBand(rule.name, rule.failed_percent, rule.gpa_limit, rule.is_cumulative)
        for rule in rules
        if rule.kind == StandingRule.Kind.STANDING
    ]
    honours = [
        HonoursBand(rule.name, rule.gpa_limit, rule.least_units)
        for rule in rules
        if rule.kind == StandingRule.Kind.HONOURS and rule.gpa_limit is not None
    ]
    return Bands(standings or usual.standings, honours or usual.honours)


@transaction.atomic
def confirm_standings(actor: Actor, *, term_id: UUID, student_ids: Sequence[UUID] | None = None) -> int:
    """Confirm what was evaluated: from now on it is the students' standing. Of one, of some, or of the whole term."""
    actor.require(permissions.CONFIRM_STANDING)
    term = get_term(term_id)
    only = None if student_ids is None else array_of(sorted(set(student_ids)))
    confirmed = execute(results.CONFIRM, term=term.id, only=only, at=clock.now(), user=actor.acting_user_id())
    if not confirmed:
        raise NothingToConfirm(term=term.code)
    execute(
        results.SET_STANDING,
        students=array_of(row[1] for row in confirmed),
        standings=text_array_of(row[2] for row in confirmed),
    )
    record_many(
        actor, "college.standing_confirmed", "college_grading.termresult", [row[0] for row in confirmed],
        facts=[{"standing": row[2], "honours": row[3]} for row in confirmed],
    )  # fmt: skip
    return len(confirmed)


@transaction.atomic
def set_rules(actor: Actor, *, kind: str, rules: Sequence[NewRule], programme_id: UUID | None = None) -> int:
    """Set the bands of standing or honours, of one programme or of all that have none. None at all means as usual."""
    actor.require(permissions.SET_STANDING_RULES)
    if programme_id is not None and not Programme.objects.filter(id=programme_id).exists():
        raise Invalid.field("programme_id", _("Choose one of the college's programmes."))
    _check_rules(kind, rules)
    present = StandingRule.objects.filter(programme=programme_id, kind=kind)
    before = {rule.name: _written(rule) for rule in present}
    present.delete()
    made = [
        StandingRule.objects.create(
            programme_id=programme_id, kind=kind, name=rule.name.strip(), failed_percent=rule.failed_percent,
            gpa_limit=rule.gpa_limit, is_cumulative=rule.is_cumulative, least_units=rule.least_units,
        )
        for rule in rules
    ]  # fmt: skip
    record(
        actor, "college.standing_rules_set", ("college_grading.standingrule", programme_id), before=before,
        after={rule.name: _written(rule) for rule in made}, kind=kind,
    )  # fmt: skip
    return len(made)


def _check_rules(kind: str, rules: Sequence[NewRule]) -> None:
    errors = []
    if kind not in StandingRule.Kind.values:
        errors.append(
            {
                "field": "kind",
                "message": _("Choose one of: %(choices)s.") % {"choices": ", ".join(StandingRule.Kind.values)},
            }
        )
    if len(rules) > MOST_BANDS:
        errors.append({"field": "rules", "message": _("At most %(most)s bands.") % {"most": MOST_BANDS}})
    for number, rule in enumerate(rules):
        message = _rule_error(kind, rule)
        if message:
            errors.append({"field": f"rules.{number}", "message": message})
    if len({(rule.name.strip(), rule.is_cumulative) for rule in rules}) != len(rules):
        errors.append({"field": "rules", "message": _("Each band stands here once.")})
    if errors:
        raise Invalid(errors=errors)


def _rule_error(kind: str, rule: NewRule) -> str:
    if kind == StandingRule.Kind.HONOURS:
        named_well = 1 <= len(rule.name.strip()) <= 60
        return "" if named_well and rule.gpa_limit is not None else _("A distinction has a name and an average.")
    if rule.name not in SEVERITY[1:]:
        return _("Choose one of: %(choices)s.") % {"choices": ", ".join(SEVERITY[1:])}
    if rule.failed_percent is None and rule.gpa_limit is None:
        return _("Say from which share of failed units, or from which average on.")
    if rule.failed_percent is not None and not 1 <= rule.failed_percent <= 100:
        return _("A share is 1 to 100 percent.")
    return ""


def _written(rule: StandingRule) -> str:
    parts = (
        f"failed ≥ {rule.failed_percent}%" if rule.failed_percent else "",
        f"average {rule.gpa_limit}" if rule.gpa_limit is not None else "",
    )
    return ", ".join(part for part in parts if part)


def get_term(term_id: UUID) -> Term:
    """One term."""
    term: Term | None = Term.objects.filter(id=term_id).first()
    if term is None:
        raise Invalid.field("term_id", _("Choose one of the college's terms."))
    return term
