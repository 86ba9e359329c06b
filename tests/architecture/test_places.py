"""Every place that a room declares has a page, a sign that is shipped, and a permission that exists."""

from django.urls import reverse

from rollbook.core.permissions import register
from rollbook.core.web import icons
from rollbook.core.web.navigation import items


def test_every_place_can_be_opened():
    assert {item.url_name: reverse(item.url_name) for item in items()}.keys() == {item.url_name for item in items()}


def test_every_place_has_a_sign():
    assert {item.icon for item in items()} - set(icons.shapes()) == set()


def test_every_place_asks_for_a_permission_that_is_declared():
    assert {item.permission for item in items() if item.permission} - set(register.permissions()) == set()
