"""The door of the exam hall: check a permit in two seconds, let the student in."""

from django.http import HttpResponse
from django.utils.translation import gettext as _

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.shared.files.opening import photo_links
from rollbook.systems.college.exams import permissions, selectors, services
from rollbook.systems.college.exams.forms import CodeForm
from rollbook.systems.college.exams.words import PERMIT_STATES


@page(permission=permissions.CHECK_PERMITS)
def door(request: PageRequest) -> HttpResponse:
    """Type or scan a code: whose it is, which exam, whether it opens. With a class, the student is let in."""
    form = CodeForm.of(request)
    context: dict[str, object] = {"form": form, "turns_nobody_away": selectors.turns_nobody_away()}
    if form.is_submitted_and_valid():
        code, class_name = form.cleaned_data["code"], form.cleaned_data["class_name"]
        if class_name:
            try:
                services.record_sitting(request.actor, code=code, class_name=class_name)
            except Refusal as refusal:
                form.refuse(refusal)
            else:
                context["let_in"] = _("Let in: %(class_name)s") % {"class_name": class_name}
        shown = selectors.check_code(code, is_public=False)
        photos = photo_links(request.actor, [shown.photo_id if shown else None])
        context |= {"is_checked": True, "shown": shown, "state": PERMIT_STATES[shown.state] if shown else None,
                    "photo": next(iter(photos.values()), "")}  # fmt: skip
    return render(request, "college/exams/door.html", context, status=form.status)
