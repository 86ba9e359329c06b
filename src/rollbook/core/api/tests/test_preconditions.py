"""If-Match: two people, one record."""

import pytest
from django.test import RequestFactory

from rollbook.core.api.preconditions import VersionNeeded, etag, expected_version, require_version
from rollbook.core.errors import VersionConflict


def a_request(if_match: str | None):  # type: ignore[no-untyped-def]
    return RequestFactory().put("/", headers={} if if_match is None else {"If-Match": if_match})


@pytest.mark.parametrize(("header", "version"), [('"7"', 7), ('W/"7"', 7), ("*", None), (' "12" ', 12)])
def test_the_version_is_read_from_the_header(header: str, version: int | None) -> None:
    assert expected_version(a_request(header)) == version


def test_it_has_to_be_said() -> None:
    for silent in (None, "", "  "):
        with pytest.raises(VersionNeeded):
            expected_version(a_request(silent))


@pytest.mark.parametrize("header", ["7", '"seven"', '"7", "8"', '"-1"', '"' + "9" * 30 + '"'])
def test_what_is_no_version_matches_none(header: str) -> None:
    with pytest.raises(VersionConflict):
        expected_version(a_request(header))


def test_an_older_version_is_refused() -> None:
    require_version(a_request(etag(3)), 3)
    require_version(a_request("*"), 3)
    with pytest.raises(VersionConflict):
        require_version(a_request(etag(2)), 3)
