"""The student's enrolment: what to take, in which section, the cart, one's own classes and week."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core import clock, ids
from rollbook.core.errors import Invalid, NotFound, Refusal
from rollbook.core.figures import plain
from rollbook.core.idempotency.services import Key
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.enrolment import permissions, selectors
from rollbook.systems.college.enrolment.api.shapes import enrolled
from rollbook.systems.college.enrolment.errors import NotEnrolled
from rollbook.systems.college.enrolment.forms import DropForm
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.pages import showing
from rollbook.systems.college.enrolment.reads.choices import Choices, choices_of, classes_of, sections_for
from rollbook.systems.college.enrolment.rules.carts import judge_cart
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.enrolment.rules.verdicts import ItemVerdict, standing_problems
from rollbook.systems.college.enrolment.services import advising as advising_services
from rollbook.systems.college.enrolment.services import dropping, enrolling, placing, waiting
from rollbook.systems.college.scheduling.rules import hours_text
from rollbook.systems.college.scheduling.selectors import timetable
from rollbook.systems.college.scheduling.words import short_day

Chosen = dict[UUID, UUID | None]


@page(permission=permissions.ENROL_OWN)
def own_enrol(request: PageRequest, enrolment_id: UUID | None = None) -> HttpResponse:
    """What I may take this term, with reasons; my cart; what I have."""
    enrolment = _own(request, enrolment_id)
    if enrolment is None:
        return render(request, "college/enrolment/own_none.html", {})
    if request.method == "POST":
        return _enrol(request, enrolment)
    return _shown(request, enrolment, {}, verdicts=None)


@require_POST
@page(permission=permissions.ENROL_OWN)
def own_preview(request: PageRequest, enrolment_id: UUID) -> HttpResponse:
    """What the cart would come to, before anything is saved."""
    enrolment = selectors.get_own_enrolment(request.actor, enrolment_id)
    chosen = _chosen(request)
    found = choices_of(enrolment.id, clock.now())
    return render(request, "college/enrolment/parts/cart.html", _cart(enrolment, found, chosen))


@page(permission=permissions.ENROL_OWN)
def own_sections(request: PageRequest, enrolment_id: UUID, subject_id: UUID) -> HttpResponse:
    """The sections of one subject, beside my week."""
    enrolment = selectors.get_own_enrolment(request.actor, enrolment_id)
    gathered, found = sections_for(enrolment.id, subject_id, clock.now())
    if subject_id not in gathered.offer.subjects:
        raise NotFound
    context = {
        "enrolment": enrolment, "subject": gathered.offer.subjects[subject_id],
        "sections": [showing.section(one) for one in found], "key": ids.new_id(),
        **showing.week(classes_of(enrolment.id)),
    }  # fmt: skip
    return render(request, "college/enrolment/own_sections.html", context)


@require_POST
@page(permission=permissions.ENROL_OWN)
def take(request: PageRequest, enrolment_id: UUID, section_id: UUID) -> HttpResponse:
    """Enrol in one section, or hold its seat while I decide."""
    enrolment = selectors.get_own_enrolment(request.actor, enrolment_id)
    section = selectors.get_section_of(selectors.offered_sections(enrolment), section_id)
    items = [Item(section.subject_id, section.id)]
    if request.POST.get("hold"):
        enrolling.hold_seats(request.actor, term_enrolment_id=enrolment.id, items=items)
        message = _("The seat is held for you. Enrol before the time is over.")
    else:
        enrolling.enrol(request.actor, term_enrolment_id=enrolment.id, items=items)
        message = _("You are enrolled.")
    return done(request, "enrolment:own_enrol_in", enrolment.id, message=message)


@require_POST
@page(permission=permissions.ENROL_OWN)
def join(request: PageRequest, enrolment_id: UUID, section_id: UUID) -> HttpResponse:
    """Wait for a seat of a section."""
    made = waiting.join_waitlist(request.actor, term_enrolment_id=enrolment_id, section_id=section_id)
    offered = made.state == SubjectEnrolment.State.OFFERED
    message = _("A seat is free: accept it below.") if offered else _("You are in the queue.")
    return done(request, "enrolment:own_waits", message=message)


@page(permission=permissions.ENROL_OWN)
def drop(request: PageRequest, row_id: UUID) -> HttpResponse:
    """Leave a class, with those that go together with it."""
    row = selectors.get_own_row(request.actor, row_id)
    others = SubjectEnrolment.objects.filter(
        term_enrolment_id=row.term_enrolment_id, state=SubjectEnrolment.State.ENROLLED
    ).exclude(id=row.id)
    options = [(str(one.id), one.subject.code) for one in others.select_related("subject").order_by("subject__code")]
    form = DropForm.of(request, options=options)
    if form.is_submitted_and_valid():
        wanted = [row.id, *map(UUID, form.cleaned_data["together_with"])]
        try:
            dropping.drop(request.actor, subject_enrolment_ids=wanted, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "enrolment:own_enrol_in", row.term_enrolment_id, message=_("Dropped."))
    context = {"form": form, "row": row}
    return render(request, "college/enrolment/drop.html", context, status=form.status)


@require_POST
@page(permission=permissions.ENROL_OWN)
def renew(request: PageRequest, row_id: UUID) -> HttpResponse:
    """Hold a seat once more."""
    row = enrolling.renew_hold(request.actor, subject_enrolment_id=row_id)
    return done(request, "enrolment:own_enrol_in", row.term_enrolment_id, message=_("Held for the same time again."))


@require_POST
@page(permission=permissions.ENROL_OWN)
def release(request: PageRequest, row_id: UUID) -> HttpResponse:
    """Let a held seat go."""
    row = dropping.release_hold_of_seat(request.actor, subject_enrolment_id=row_id)
    return done(request, "enrolment:own_enrol_in", row.term_enrolment_id, message=_("The seat is free again."))


@require_POST
@page(permission=permissions.ENROL_OWN)
def pick(request: PageRequest, enrolment_id: UUID, block_id: UUID) -> HttpResponse:
    """Take a whole block."""
    placing.pick_block(request.actor, term_enrolment_id=enrolment_id, block_id=block_id)
    return done(request, "enrolment:own_enrol_in", enrolment_id, message=_("You are enrolled in the whole block."))


@require_POST
@page(permission=permissions.ENROL_OWN)
def submit(request: PageRequest, enrolment_id: UUID) -> HttpResponse:
    """Send the subjects that are ticked, or what is recommended, to the adviser."""
    enrolment = selectors.get_own_enrolment(request.actor, enrolment_id)
    chosen = list(_chosen(request))
    advising_services.submit_list(request.actor, term_enrolment_id=enrolment.id, subject_ids=chosen or None)
    return done(request, "enrolment:own_enrol_in", enrolment.id, message=_("Sent to your adviser."))


@page(permission=permissions.ENROL_OWN)
def own_timetable(request: PageRequest, enrolment_id: UUID | None = None) -> HttpResponse:
    """My week, as a grid and as a list, to be printed."""
    enrolment = _own(request, enrolment_id)
    classes = classes_of(enrolment.id) if enrolment else []
    terms = selectors.own_enrolments(request.actor).select_related("term").order_by("-term__starts_on")
    context = {
        "enrolment": enrolment, "terms": list(terms), "classes": [showing.own_class(one) for one in classes],
        "units": showing.meter(sum((one.row.units for one in classes), start=showing.ZERO), enrolment.max_units)
        if enrolment else None,
        **showing.week(classes),
    }  # fmt: skip
    return render(request, "college/enrolment/own_timetable.html", context)


def _own(request: PageRequest, enrolment_id: UUID | None) -> TermEnrolment | None:
    """The term that is asked for; without one, the one that runs or comes next."""
    if enrolment_id is not None:
        return selectors.get_own_enrolment(request.actor, enrolment_id)
    return selectors.own_present_enrolment(request.actor)


def _chosen(request: PageRequest) -> Chosen:
    """What is ticked, each with its section where one was chosen."""
    chosen: Chosen = {}
    for value in request.POST.getlist("subject")[:40]:
        try:
            subject_id = UUID(value)
            section = request.POST.get(f"section-{subject_id}", "")
            chosen[subject_id] = UUID(section) if section else None
        except ValueError as error:
            raise Invalid.field("subject", _("Choose subjects from the list.")) from error
    return chosen


def _enrol(request: PageRequest, enrolment: TermEnrolment) -> HttpResponse:
    chosen = _chosen(request)
    items = [Item(subject_id, section_id) for subject_id, section_id in chosen.items()]
    partial = bool(request.POST.get("partial"))
    sent = [[str(item.subject_id), str(item.section_id)] for item in items]
    key = Key.of("college.enrol_page", request.POST.get("idempotency_key", ""), [str(enrolment.id), partial, sent])
    try:
        answer = enrolling.enrol_once(
            request.actor, key, enrolled, term_enrolment_id=enrolment.id, items=items, partial=partial
        )
    except NotEnrolled as refusal:
        vars(request)["refusal"] = refusal
        return _shown(request, enrolment, chosen, verdicts=refusal.verdicts)
    count = sum(item["verdict"] == "OK" for item in answer.body["items"])
    message = _("Enrolled in %(count)s subjects: %(units)s units.") % {
        "count": count, "units": plain(Decimal(answer.body["units"])),
    }  # fmt: skip
    return done(request, "enrolment:own_enrol_in", enrolment.id, message=message)


def _shown(
    request: PageRequest, enrolment: TermEnrolment, chosen: Chosen, *, verdicts: Sequence[ItemVerdict] | None
) -> HttpResponse:
    found = choices_of(enrolment.id, clock.now())
    find = request.GET.get("q", "").strip().lower()
    names = _section_names(found)
    in_the_way = list(standing_problems(found.gathered.standing))
    said = {one.code for one in in_the_way}
    shown = [
        showing.choice(one, names.get(one.subject.id, []), _section_of(one.subject.id, chosen), said=said)
        for one in found.subjects
        if not find or find in one.subject.code.lower() or find in one.subject.title.lower()
    ]
    order = {one.subject.id: number for number, one in enumerate(found.recommended)}
    recommended = sorted((one for one in shown if one["id"] in order), key=lambda one: order[one["id"]])
    row = found.look.row
    waits = selectors.own_waits(request.actor).filter(term_enrolment_id=enrolment.id).count()
    context = {
        "enrolment": enrolment, "recommended": recommended, "find": request.GET.get("q", "").strip(),
        "others": [one for one in shown if one["id"] not in order and not one["is_taken"]],
        "problems": [showing.problem(one) for one in in_the_way],
        "classes": [showing.own_class(one) for one in classes_of(enrolment.id)], "waits": waits,
        "blocks": placing.blocks_for(row) if row.regularity == "REGULAR" and not found.units else [],
        "may_submit": "SUBMITTED" in TermEnrolment.ADVISING_TRANSITIONS[row.advising_state], "key": ids.new_id(),
        **_cart(enrolment, found, chosen, verdicts),
    }  # fmt: skip
    return render(request, "college/enrolment/own_enrol.html", context, status=409 if verdicts else 200)


def _section_of(subject_id: UUID, chosen: Chosen) -> str | None:
    if subject_id not in chosen:
        return None
    return str(chosen[subject_id] or "")


def _cart(
    enrolment: TermEnrolment, found: Choices, chosen: Chosen, verdicts: Sequence[ItemVerdict] | None = None
) -> dict[str, Any]:
    """The cart: units, the verdict on every item, and the week it would make."""
    offer = found.gathered.offer
    items = [
        Item(subject_id, section_id)
        for subject_id, section_id in chosen.items()
        if subject_id in offer.subjects and (section_id is None or section_id in offer.sections)
    ]
    judged = verdicts or judge_cart(found.gathered.standing, offer, items)
    possible = [one for one in judged if one.section_id in offer.sections]
    added = sum((offer.subjects[item.subject_id].units for item in items), start=showing.ZERO)
    codes = {subject.id: subject.code for subject in offer.subjects.values()}
    names = {section.id: section.code for section in offer.sections.values()}
    thought_of = timetable(section_ids=[one.section_id for one in possible if one.section_id]) if possible else []
    return {
        "enrolment": enrolment, "meter": showing.meter(found.units, found.look.row.max_units, added),
        "verdicts": showing.verdicts(judged, codes, names), "is_refused": verdicts is not None,
        "is_possible": bool(judged) and all(one.is_possible for one in judged),
        "some_possible": any(one.is_possible for one in judged) and not all(one.is_possible for one in judged),
        **showing.week(classes_of(enrolment.id), thought_of),
    }  # fmt: skip


def _section_names(found: Choices) -> dict[UUID, list[tuple[str, str]]]:
    """The open sections of every subject, as one line each: hours, room, professor, seats."""
    sections = [one for one in found.gathered.offer.sections.values() if one.is_open]
    entries: dict[UUID, list[str]] = {}
    for entry in timetable(section_ids=[one.id for one in sections]) if sections else []:
        if entry.weekday is not None:
            hours = f"{short_day(entry.weekday)} {hours_text(entry.start_min, entry.end_min)}"
            words = [hours, entry.room_code, entry.professor_name]
            entries.setdefault(entry.section_id, []).append(" ".join(word for word in words if word))
    names: dict[UUID, list[tuple[str, str]]] = {}
    for one in sorted(sections, key=lambda each: each.code):
        seats = _("%(free)s seats free") % {"free": one.seats_free}
        if one.seats_free == 0 or one.waiting:
            seats = _("full, %(waiting)s waiting") % {"waiting": one.waiting}
        hours = "; ".join(entries.get(one.id, [])) or _("hours to be announced")
        names.setdefault(one.subject_id, []).append((str(one.id), f"{one.code} · {hours} · {seats}"))
    return names
