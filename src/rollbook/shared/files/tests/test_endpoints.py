"""Files over JSON and on pages."""

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rollbook.core import ids
from rollbook.core.identity.examples import a_member, a_role, sign_in
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files import permissions, services
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.tests import samples
from rollbook.shared.files.tests.test_storing import PAPERS, a_sender
from rollbook.shared.files.uploading import MOST_SENT
from rollbook.shared.people.examples import a_clerk, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(organisation: Organisation, client: Client) -> Client:
    a_role(organisation, "keeper", {permissions.VIEW_FILES, permissions.REMOVE_FILES, "tests.send", "tests.read",
                                    "people.change", "people.view", permissions.VIEW_PHOTOS})  # fmt: skip
    sign_in(client, a_member(organisation, "keeper"))
    return client


def _upload(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_file_is_sent_read_linked_and_withdrawn(browser: Client, folder: Path) -> None:
    sent = browser.post("/api/v1/files/", {"bucket": "tests.papers", "file": _upload("a.pdf", samples.a_pdf())})
    assert sent.status_code == 201, sent.content
    file_id = sent.json()["id"]
    assert sent.json()["content_type"] == "application/pdf"

    listed = browser.get("/api/v1/files/").json()["items"]
    assert [row["id"] for row in listed] == [file_id]
    content = browser.get(f"/api/v1/files/{file_id}/content")
    assert (content.status_code, content["Content-Type"]) == (200, "application/pdf")
    link = browser.post(f"/api/v1/files/{file_id}/link", {"purpose": "view"}, content_type="application/json")
    assert Client().get(link.json()["path"]).content == content.content
    assert browser.get(f"/files/stored/{file_id}/").status_code == 200
    assert b"a.pdf" in browser.get("/files/").content
    assert browser.get(f"/files/view/{file_id}/").content == content.content

    removed = browser.post(f"/api/v1/files/{file_id}/remove", {"reason": "Wrong"}, content_type="application/json")
    assert removed.json()["removed_reason"] == "Wrong"
    assert browser.get(f"/api/v1/files/{file_id}/content").status_code == 410
    assert browser.get(f"/files/view/{file_id}/").status_code == 410
    assert Client().get(link.json()["path"]).status_code == 410


def test_a_bad_file_is_refused_with_422_and_the_sentence(browser: Client, folder: Path) -> None:
    answer = browser.post("/api/v1/files/", {"bucket": "tests.papers", "file": _upload("a.pdf", samples.A_PROGRAM)})

    assert answer.status_code == 422
    assert answer.json()["code"] == "FILE_IS_A_PROGRAM"
    assert answer.json()["detail"].startswith("This file is a Windows program, whatever its name says")
    unknown = browser.post("/api/v1/files/", {"bucket": "tests.nowhere", "file": _upload("a.pdf", samples.a_pdf())})
    assert unknown.status_code == 422
    assert list(folder.rglob("*")) == []


def test_more_than_any_bucket_takes_is_refused_by_its_announced_length(browser: Client, folder: Path) -> None:
    answer = browser.generic(
        "POST",
        "/api/v1/files/",
        b"--x\r\n",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(MOST_SENT + 1),
    )

    assert answer.status_code == 413
    assert answer.json()["code"] == "TOO_MUCH_SENT"


def test_a_page_withdraws_a_file_with_a_reason_only(organisation: Organisation, browser: Client, folder: Path) -> None:
    with tenant_scope(organisation.pk):
        stored = services.store_upload(a_sender(organisation), bucket=PAPERS, content=samples.a_pdf(), name="a.pdf")
    page = f"/files/stored/{stored.pk}/"

    assert browser.post(page, {"reason": ""}).status_code == 422
    done = browser.post(page, {"reason": "Wrong student"})

    assert (done.status_code, done["Location"]) == (303, "/files/")
    with tenant_scope(organisation.pk):
        assert StoredFile.objects.get().removed_reason == "Wrong student"


def test_a_photo_is_sent_and_shown(organisation: Organisation, browser: Client, folder: Path) -> None:
    with tenant_scope(organisation.pk):
        person = a_person(a_clerk(organisation.pk))

    sent = browser.post(f"/api/v1/files/photos/{person.pk}", {"file": _upload("IMG.JPG", samples.a_jpeg())})

    assert sent.status_code == 200, sent.content
    shown = browser.get(f"/files/view/{sent.json()['id']}/")
    assert (shown["Content-Type"], shown["Content-Disposition"][:6]) == ("image/jpeg", "inline")
    gone = browser.post(
        f"/api/v1/files/photos/{person.pk}/remove", {"reason": "Asked"}, content_type="application/json"
    )
    assert gone.status_code == 204


def test_a_lower_role_nobody_and_another_organisation_get_nothing(
    organisation: Organisation, other_organisation: Organisation, folder: Path
) -> None:
    with tenant_scope(organisation.pk):
        stored = services.store_upload(a_sender(organisation), bucket=PAPERS, content=samples.a_pdf(), name="a.pdf")
    a_role(organisation, "lowly", set())
    a_role(other_organisation, "keeper", {permissions.VIEW_FILES, permissions.REMOVE_FILES, "tests.read"})
    lowly, foreign = Client(), Client()
    sign_in(lowly, a_member(organisation, "lowly"))
    sign_in(foreign, a_member(other_organisation, "keeper"))
    path = f"/api/v1/files/{stored.pk}"
    reason: dict[str, Any] = {"data": {"reason": "x"}, "content_type": "application/json"}

    assert [lowly.get(path).status_code, lowly.get(f"{path}/content").status_code] == [404, 404]
    assert [lowly.get("/api/v1/files/").status_code, lowly.post(f"{path}/remove", **reason).status_code] == [403, 403]
    assert [foreign.get(path).status_code, foreign.get(f"{path}/content").status_code] == [404, 404]
    assert foreign.post(f"{path}/remove", **reason).status_code == 404
    assert foreign.get("/api/v1/files/").json()["items"] == []
    assert foreign.get(f"/files/view/{ids.new_id()}/").status_code == 404
    assert Client().get(path).status_code == 401
    with tenant_scope(organisation.pk):
        assert StoredFile.objects.get().removed_at is None
