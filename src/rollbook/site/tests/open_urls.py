"""The installation's addresses and one that somebody forgot to close."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from rollbook.site.urls import handler400, handler403, handler404, handler500
from rollbook.site.urls import urlpatterns as real

__all__ = ["handler400", "handler403", "handler404", "handler500"]


def forgotten(_request: HttpRequest) -> HttpResponse:
    """Shows to anybody what nobody should see."""
    return HttpResponse("every balance")


urlpatterns = [*real, path("balances/forgotten/", forgotten)]
