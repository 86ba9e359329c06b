"""What pages may use of a device: nothing that no page needs."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

#: The camera is for scanning codes and passkeys are made on our own pages only; the rest is closed.
POLICY = (
    "accelerometer=(), autoplay=(), browsing-topics=(), camera=(self), display-capture=(), geolocation=(), "
    "gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), publickey-credentials-create=(self), "
    "publickey-credentials-get=(self), usb=(), xr-spatial-tracking=()"
)


class BrowserPermissions:
    """Put the policy on every answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response
