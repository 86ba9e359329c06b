"""Background work on the screen: what waits, what failed for good, what is planned, what has run."""

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.jobs import selectors, services
from rollbook.shared.jobs.permissions import MANAGE_JOBS, VIEW_JOBS
from rollbook.shared.jobs.tables import STATES, RunTable, ScheduleTable, sentence_of


@page(permission=VIEW_JOBS)
def overview(request: PageRequest) -> HttpResponse:
    """What needs a decision, and whether work gets done."""
    actor = request.actor
    letters = selectors.dead_letters(actor)
    errors = selectors.last_errors([letter.id for letter in letters])
    unfinished = selectors.unfinished_jobs(actor)
    context = {
        "letters": [(letter, sentence_of(letter.name), errors.get(letter.id)) for letter in letters],
        "waiting": sum(job.status == "todo" for job in unfinished),
        "doing": sum(job.status == "doing" for job in unfinished),
        "workers": selectors.live_workers(),
        "last_beat_at": selectors.last_beat_at(),
        "may_manage": actor.may(MANAGE_JOBS),
    }
    return render(request, "jobs/overview.html", context)


@page(permission=VIEW_JOBS)
def runs(request: PageRequest) -> HttpResponse:
    """The log of runs."""
    rows = selectors.runs(request.actor).order_by().values(*RunTable.fields())
    return RunTable(request, rows).respond("jobs/runs.html")


@page(permission=VIEW_JOBS)
def schedules(request: PageRequest) -> HttpResponse:
    """What is planned."""
    rows = selectors.schedules(request.actor).order_by().values(*ScheduleTable.fields())
    return ScheduleTable(request, rows).respond("jobs/schedules.html")


@page(permission=VIEW_JOBS)
def letter(request: PageRequest, number: int) -> HttpResponse:
    """One job that failed for good: what it is, what happened each time, and the decision."""
    found = selectors.dead_letter(request.actor, number)
    attempts = selectors.runs(request.actor).filter(queue_job_id=number)
    context = {
        "letter": found,
        "title": sentence_of(found.name),
        "attempts": [(run, STATES[run.outcome]) for run in attempts[:20]],
        "may_manage": request.actor.may(MANAGE_JOBS),
    }
    return render(request, "jobs/letter.html", context)


@page(permission=MANAGE_JOBS)
def retry(request: PageRequest, number: int) -> HttpResponse:
    """Set it waiting again."""
    if request.method == "POST":
        services.retry_dead_letter(actor=request.actor, number=number)
        return done(request, "jobs:overview", message=_("The job waits again. A worker takes it within seconds."))
    return done(request, "jobs:letter", number)


@page(permission=MANAGE_JOBS)
def discard(request: PageRequest, number: int) -> HttpResponse:
    """Take it out of the queue, with a reason."""
    if request.method == "POST":
        services.discard_dead_letter(actor=request.actor, number=number, reason=request.POST.get("reason", ""))
        return done(request, "jobs:overview", message=_("The job is discarded. Your reason stands in the run log."))
    return done(request, "jobs:letter", number)
