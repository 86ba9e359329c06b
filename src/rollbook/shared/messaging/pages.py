"""One's own notices on the screen."""

from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.pages import SIGNED_IN
from rollbook.core.web.rendering import done
from rollbook.shared.messaging import kinds, selectors, services
from rollbook.shared.messaging.kinds import KINDS

PAGE_SIZE = 30
#: More than this is not counted out in the header.
MOST_COUNTED = 99


@page(permission=SIGNED_IN)
def notices(request: PageRequest) -> HttpResponse:
    """What I was told, the newest first."""
    before = _uuid(request.GET.get("before", ""))
    shown = selectors.own_notices(request.actor, most=PAGE_SIZE + 1, before=before)
    context = {
        "notices": shown[:PAGE_SIZE],
        "older": shown[PAGE_SIZE - 1].id if len(shown) > PAGE_SIZE else None,
        "is_later_page": before is not None,
        "unread": selectors.unread_count(request.actor),
    }
    return render(request, "messaging/notices.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@page(permission=SIGNED_IN)
def unread(request: PageRequest) -> HttpResponse:
    """The number beside the bell; asked for after the page has come, so that no page waits for it."""
    count = selectors.unread_count(request.actor)
    context = {"count": count, "shown": f"{MOST_COUNTED}+" if count > MOST_COUNTED else str(count)}
    return render(request, "messaging/unread.html", context)


@require_POST
@page(permission=SIGNED_IN)
def read_all(request: PageRequest) -> HttpResponse:
    """Note that I have read everything."""
    services.mark_all_read(request.actor)
    return done(request, "messaging:notices", message=_("Everything is marked as read."))


@require_POST
@page(permission=SIGNED_IN)
def open_notice(request: PageRequest, notice_id: UUID) -> HttpResponse:
    """Note that I have read this one, and go where it leads."""
    notice = services.mark_read(request.actor, notice_id)
    return done(request, kinds.address(notice.kind, notice.facts) or "messaging:notices")


class PreferencesForm(Form):
    """Of which kinds one wants mail."""

    by_mail = forms.MultipleChoiceField(
        label=gettext_lazy("Mail me about"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(key, kind.label) for key, kind in KINDS.items()],
    )  # fmt: skip


@page(permission=SIGNED_IN)
def preferences(request: PageRequest) -> HttpResponse:
    """Of which kinds I get mail. In the house I am told everything."""
    wished = [key for key, by_mail in selectors.own_preferences(request.actor).items() if by_mail]
    form = PreferencesForm.of(request, initial={"by_mail": wished})
    if form.is_submitted_and_valid():
        chosen = set(form.cleaned_data["by_mail"])
        services.choose_mail(request.actor, {key: key in chosen for key in KINDS})
        return done(request, "messaging:preferences", message=_("Your choice is kept."))
    return render(request, "messaging/preferences.html", {"form": form}, status=form.status)
