"""Files stored, read, linked, withdrawn and swept, on a real disk."""

import hashlib
import io
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client as Browser

from rollbook.core import clock, ids
from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.errors import Forbidden, Invalid, NotFound
from rollbook.core.identity.door import Client
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files import links, opening, permissions, selectors, services, storage
from rollbook.shared.files.buckets import MEGABYTE, PDF, PICTURES, Bucket, register_bucket
from rollbook.shared.files.errors import FileIsInfected, FileRemoved, FileTypeNotTaken
from rollbook.shared.files.jobs import tidy_up
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.own_buckets import PHOTO
from rollbook.shared.files.tests import samples
from rollbook.shared.people.examples import a_clerk, a_person
from rollbook.shared.people.models import Person

pytestmark = pytest.mark.django_db

PAPERS = register_bucket(
    Bucket(
        name="tests.papers",
        label="Papers",
        types=PICTURES | {PDF},
        max_bytes=MEGABYTE,
        upload_permission="tests.send",
        view_permission="tests.read",
        keep_days=30,
    )
)
PROOFS = register_bucket(
    Bucket(
        name="tests.proofs",
        label="Proofs",
        types=frozenset({PDF}),
        max_bytes=MEGABYTE,
        upload_permission="tests.send",
        view_permission="tests.read",
        grant="welfare",
        may_view=lambda actor, stored: actor.person_id is not None and stored.subject_id == actor.person_id,
    )
)
VISITOR = Client(ip="203.0.113.9", user_agent="Browser")


def an_actor(organisation: Organisation, *rights: str, grants: frozenset[str] = frozenset(), **more: Any) -> Actor:
    return Actor(
        organisation_id=organisation.pk,
        user_id=ids.new_id(),
        name="Ana",
        permissions=frozenset(rights),
        grants=grants,
        **more,
    )


def a_sender(organisation: Organisation) -> Actor:
    return an_actor(organisation, "tests.send")


def a_reader(organisation: Organisation, *grants: str) -> Actor:
    return an_actor(organisation, "tests.read", grants=frozenset(grants))


def a_keeper(organisation: Organisation) -> Actor:
    return an_actor(organisation, permissions.VIEW_FILES, permissions.REMOVE_FILES)


def on_disk(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_file_is_written_to_the_store_and_then_to_the_database(
    tenant: Organisation, folder: Path, frozen_clock: Any
) -> None:
    sender = a_sender(tenant)

    stored = services.store_upload(sender, bucket=PAPERS, content=io.BytesIO(samples.a_pdf()), name="Good moral.pdf")

    stored.refresh_from_db()
    assert (stored.name, stored.content_type, stored.uploaded_by) == ("Good moral.pdf", PDF, sender.user_id)
    assert stored.scan == StoredFile.Scan.NOT_SCANNED
    assert stored.keep_until is not None
    assert stored.keep_until.isoformat() == "2031-07-31"
    [path] = on_disk(folder)
    assert path.relative_to(folder).as_posix() == stored.storage_key
    assert stored.storage_key.split("/")[:2] == [str(tenant.pk), "tests.papers"]
    assert path.read_bytes() == samples.a_pdf() or hashlib.sha256(path.read_bytes()).hexdigest() == stored.sha256
    assert oct(path.stat().st_mode)[-3:] == "600"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_id, entry.facts["sha256"]) == ("files.stored", stored.pk, stored.sha256)
    reader = a_reader(tenant)
    assert selectors.content_of(reader, selectors.readable_file(reader, stored.pk), purpose="Test") == path.read_bytes()
    assert not AccessEntry.objects.exists()


def test_a_refused_file_leaves_nothing_and_the_others_stay(tenant: Organisation, folder: Path) -> None:
    sender = a_sender(tenant)
    services.store_upload(sender, bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")

    with pytest.raises(FileTypeNotTaken):
        services.store_upload(sender, bucket=PAPERS, content=samples.a_workbook(), name="two.pdf")

    assert StoredFile.objects.count() == 1
    assert len(on_disk(folder)) == 1
    assert AuditEntry.objects.count() == 1


def test_nobody_stores_or_reads_without_the_right(tenant: Organisation, folder: Path) -> None:
    stored = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")

    with pytest.raises(Forbidden):
        services.store_upload(a_reader(tenant), bucket=PAPERS, content=samples.a_pdf(), name="two.pdf")
    with pytest.raises(NotFound):
        selectors.readable_file(a_sender(tenant), stored.pk)
    with pytest.raises(NotFound):
        opening.make_link(a_sender(tenant), stored.pk)
    with pytest.raises(Forbidden):
        selectors.stored_files(a_reader(tenant))
    with pytest.raises(Forbidden):
        services.remove_file(a_reader(tenant), file_id=stored.pk, reason="Wrong file")
    with pytest.raises(Forbidden):
        services.sweep(a_reader(tenant))

    assert StoredFile.objects.get().removed_at is None
    assert len(on_disk(folder)) == 1


def test_another_organisation_neither_reads_nor_removes(
    organisation: Organisation, other_organisation: Organisation, folder: Path
) -> None:
    with tenant_scope(organisation.pk):
        stored = services.store_upload(a_sender(organisation), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")
    with tenant_scope(other_organisation.pk):
        with pytest.raises(NotFound):
            selectors.readable_file(a_reader(other_organisation), stored.pk)
        with pytest.raises(NotFound):
            services.remove_file(a_keeper(other_organisation), file_id=stored.pk, reason="Wrong file")
        swept = services.sweep(a_keeper(other_organisation), older_than=timedelta(days=-1))
        assert (swept.checked, swept.orphans_removed) == (0, 0)
    assert len(on_disk(folder)) == 1


def test_a_restricted_file_is_seen_with_its_grant_and_every_read_is_written_down(
    tenant: Organisation, folder: Path
) -> None:
    person_id = ids.new_id()
    sender = a_sender(tenant)
    stored = services.store_upload(
        sender, bucket=PROOFS, content=samples.a_pdf(), name="4Ps.pdf", subject=("people.person", person_id)
    )

    assert not StoredFile.objects.filter(pk=stored.pk).exists()
    with pytest.raises(NotFound):
        selectors.readable_file(a_reader(tenant), stored.pk)
    reader = a_reader(tenant, "welfare")
    found = selectors.readable_file(reader, stored.pk)
    selectors.content_of(reader, found, purpose="Checking the certificate")
    entry = AccessEntry.objects.get()
    assert (entry.user_id, entry.target_id, entry.person_id) == (reader.user_id, stored.pk, person_id)
    assert entry.purpose == "Checking the certificate"
    herself = an_actor(tenant, person_id=person_id)
    assert selectors.readable_file(herself, stored.pk) == found
    with pytest.raises(NotFound):
        selectors.readable_file(an_actor(tenant, person_id=ids.new_id()), stored.pk)


def test_the_database_hides_restricted_rows_and_keeps_what_was_stored(tenant: Organisation, folder: Path) -> None:
    stored = services.store_upload(a_sender(tenant), bucket=PROOFS, content=samples.a_pdf(), name="4Ps.pdf")
    count = "SELECT count(*) FROM files_storedfile WHERE organisation_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(count, [tenant.pk])
        assert cursor.fetchone() == (0,)
    with tenant_scope(tenant.pk, grants={"welfare"}):
        for attack in (
            lambda: StoredFile.objects.update(sha256="0" * 64),
            lambda: StoredFile.objects.update(grant_kind=""),
            lambda: StoredFile.objects.filter(pk=stored.pk).delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                attack()
        assert StoredFile.objects.get().sha256 == stored.sha256
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredFile.objects.update(removed_at=clock.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        StoredFile.objects.create(
            bucket="x", grant_kind="welfare", name="x", content_type="x", size_bytes=1, sha256="0" * 64, storage_key="x"
        )


def test_a_withdrawn_file_cannot_be_opened_and_says_so_once_only(tenant: Organisation, folder: Path) -> None:
    stored = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")
    link = opening.make_link(a_reader(tenant), stored.pk)
    keeper = a_keeper(tenant)

    services.remove_file(keeper, file_id=stored.pk, reason="  Wrong   student ")
    services.remove_file(keeper, file_id=stored.pk, reason="Again")

    stored.refresh_from_db()
    assert (stored.removed_reason, stored.removed_by) == ("Wrong student", keeper.user_id)
    assert AuditEntry.objects.filter(action="files.removed").count() == 1
    with pytest.raises(FileRemoved):
        selectors.readable_file(a_reader(tenant), stored.pk)
    with pytest.raises(FileRemoved) as refusal:
        opening.open_link(link.path.rstrip("/").rsplit("/", 1)[-1], client=VISITOR)
    assert refusal.value.status == 410
    with pytest.raises(Invalid):
        services.remove_file(keeper, file_id=stored.pk, reason=" ")


def test_a_link_opens_one_file_until_it_ends(
    organisation: Organisation, folder: Path, frozen_clock: Any, client: Browser
) -> None:
    with tenant_scope(organisation.pk):
        stored = services.store_upload(
            a_sender(organisation), bucket=PAPERS, content=samples.a_pdf(), name="pañuelo.pdf"
        )
        link = opening.make_link(a_reader(organisation), stored.pk, purpose="view", lasts=timedelta(days=9))

    assert link.expires_at == datetime(2031, 7, 1, 12, 15, tzinfo=UTC)
    answer = client.get(link.path)
    assert (answer.status_code, answer["Content-Type"]) == (200, PDF)
    assert answer["Content-Disposition"] == "inline; filename=\"pa_uelo.pdf\"; filename*=UTF-8''pa%C3%B1uelo.pdf"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")
    assert hashlib.sha256(answer.content).hexdigest() == stored.sha256
    frozen_clock("2031-07-01T12:15:00Z")
    assert client.get(link.path).status_code == 404


def test_a_restricted_file_opened_by_link_is_written_down_for_who_asked_for_the_link(
    organisation: Organisation, folder: Path, client: Browser
) -> None:
    with tenant_scope(organisation.pk):
        stored = services.store_upload(a_sender(organisation), bucket=PROOFS, content=samples.a_pdf(), name="4Ps.pdf")
        reader = a_reader(organisation, "welfare")
        link = opening.make_link(reader, stored.pk)

    assert client.get(link.path)["Content-Disposition"].startswith("attachment;")

    with tenant_scope(organisation.pk):
        entry = AccessEntry.objects.get()
        assert (entry.user_id, entry.target_id, entry.ip) == (reader.user_id, stored.pk, "127.0.0.1")
        assert entry.purpose == "Opened by link to download"


def _good_token(organisation_id: UUID, file_id: UUID, now: datetime, minutes: int = 5) -> str:
    claim = links.Claim(organisation_id, file_id, None, now + timedelta(minutes=minutes), "download")
    return links.sign(claim, now=now)


def test_every_wrong_link_gets_the_same_answer(
    organisation: Organisation, other_organisation: Organisation, folder: Path, client: Browser, settings: Any
) -> None:
    with tenant_scope(organisation.pk):
        stored = services.store_upload(a_sender(organisation), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")
    now = clock.now()
    good = _good_token(organisation.pk, stored.pk, now)
    assert client.get(f"/files/open/{good}/").status_code == 200
    past = now - timedelta(minutes=30)
    wrong = [
        good[:-4] + "AAAA",
        ("B" if good[0] != "B" else "C") + good[1:],
        good[: len(good) // 2],
        "x",
        "!" * 100,
        _good_token(organisation.pk, ids.new_id(), now),
        _good_token(other_organisation.pk, stored.pk, now),
        _good_token(ids.new_id(), stored.pk, now),
        _good_token(organisation.pk, stored.pk, past),
    ]
    bodies = set()
    for token in wrong:
        answer = client.get(f"/files/open/{token}/")
        assert answer.status_code == 404, token
        # Only the page's own address and the guard of its form differ.
        bodies.add(re.sub(r'value="[^"]*"', "", answer.content.decode()))
    assert len(bodies) == 1
    settings.SECRET_KEY = "another-key-of-another-installation-of-fifty-letters"
    assert client.get(f"/files/open/{good}/").status_code == 404
    assert client.post(f"/files/open/{good}/").status_code in {403, 405}


def test_no_link_lasts_longer_than_a_quarter_of_an_hour() -> None:
    with pytest.raises(ValueError, match="15 minutes"):
        _good_token(ids.new_id(), ids.new_id(), clock.now(), minutes=16)


def test_a_sweep_removes_what_no_row_speaks_for_and_leaves_the_young(
    tenant: Organisation, folder: Path, frozen_clock: Any
) -> None:
    frozen_clock(datetime.now(UTC))
    kept = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="kept.pdf")
    proof = services.store_upload(a_sender(tenant), bucket=PROOFS, content=samples.a_pdf(), name="proof.pdf")
    gone = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="gone.pdf")
    keeper = a_keeper(tenant)
    services.remove_file(keeper, file_id=gone.pk, reason="Wrong student")
    frozen_clock(clock.now() + timedelta(days=6))
    old = UUID(int=(int((clock.now() - timedelta(days=8)).timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | 5)
    young = UUID(int=(int((clock.now() - timedelta(days=6)).timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | 6)
    for orphan in (old, young):
        storage.put(storage.key_of(tenant.pk, "tests.papers", orphan), b"x")
    (folder / str(tenant.pk) / "notes.txt").write_text("somebody put this here")

    swept = services.sweep(keeper)

    assert (swept.checked, swept.orphans_removed, swept.withdrawn_removed, swept.strange) == (5, 1, 1, 1)
    assert {path.name for path in on_disk(folder)} == {str(kept.pk), str(proof.pk), str(young), "notes.txt"}
    assert services.sweep(keeper).orphans_removed == 0
    assert AuditEntry.objects.filter(action="files.swept").count() == 1


def test_what_is_kept_for_a_time_is_withdrawn_when_it_is_over(
    tenant: Organisation, folder: Path, frozen_clock: Any
) -> None:
    stored = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")
    keeper = a_keeper(tenant)

    assert services.remove_expired(keeper, today=datetime(2031, 7, 31, tzinfo=UTC).date()) == 0
    assert services.remove_expired(keeper, today=datetime(2031, 8, 1, tzinfo=UTC).date()) == 1
    assert services.remove_expired(keeper, today=datetime(2031, 8, 1, tzinfo=UTC).date()) == 0

    stored.refresh_from_db()
    assert stored.is_removed
    assert AuditEntry.objects.filter(action="files.expired").count() == 1


def test_the_nightly_work_withdraws_first_and_removes_the_content_a_night_later(
    organisation: Organisation, folder: Path, frozen_clock: Any
) -> None:
    with tenant_scope(organisation.pk):
        services.store_upload(a_sender(organisation), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")
    frozen_clock("2031-08-05T19:10:00Z")

    assert tidy_up(organisation_id=organisation.pk).withdrawn_removed == 0
    assert len(on_disk(folder)) == 1
    frozen_clock("2031-08-06T19:10:00Z")
    assert tidy_up(organisation_id=organisation.pk).withdrawn_removed == 1
    assert on_disk(folder) == []


def test_a_rolled_back_upload_leaves_a_file_that_the_sweep_finds(organisation: Organisation, folder: Path) -> None:
    class Crash(Exception):
        pass

    def store_and_crash() -> None:
        with tenant_scope(organisation.pk):
            services.store_upload(a_sender(organisation), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")
            raise Crash

    with pytest.raises(Crash):
        store_and_crash()
    assert len(on_disk(folder)) == 1
    with tenant_scope(organisation.pk):
        assert services.sweep(a_keeper(organisation)).orphans_removed == 0
        assert services.sweep(a_keeper(organisation), older_than=timedelta(0)).orphans_removed == 1
    assert on_disk(folder) == []


def test_a_file_that_is_lost_looks_like_one_that_is_not_there(tenant: Organisation, folder: Path) -> None:
    stored = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")
    on_disk(folder)[0].unlink()

    with pytest.raises(NotFound):
        selectors.content_of(a_reader(tenant), stored, purpose="Test")


def finds_eicar(content: bytes, name: str, content_type: str) -> str:
    return "Eicar-Test" if b"EICAR" in content else ""


def test_a_connected_scanner_decides(tenant: Organisation, folder: Path, settings: Any) -> None:
    settings.FILE_SCANNER = f"{__name__}.finds_eicar"
    infected = samples.a_pdf().replace(b"%%EOF", b"% EICAR\n%%EOF")

    with pytest.raises(FileIsInfected) as refusal:
        services.store_upload(a_sender(tenant), bucket=PAPERS, content=infected, name="one.pdf")
    clean = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="two.pdf")

    assert "found Eicar-Test in this file" in refusal.value.detail
    assert clean.scan == StoredFile.Scan.CLEAN
    assert len(on_disk(folder)) == 1


def test_a_new_photo_replaces_the_one_before(tenant: Organisation, folder: Path) -> None:
    clerk = a_clerk(tenant.pk)
    person = a_person(clerk)

    first = services.replace_photo(clerk, person_id=person.pk, content=samples.a_jpeg(3000, 2000), name="IMG_1.JPG")
    second = services.replace_photo(clerk, person_id=person.pk, content=samples.a_png(), name="IMG_2.PNG")

    assert Person.objects.get().photo_id == second.pk
    first.refresh_from_db()
    assert (first.removed_reason, second.name, second.bucket) == ("Replaced by a newer photo", "IMG_2.jpg", PHOTO.name)
    assert selectors.readable_file(an_actor(tenant, person_id=person.pk), second.pk) == second
    with pytest.raises(NotFound):
        selectors.readable_file(an_actor(tenant, person_id=ids.new_id()), second.pk)
    services.remove_photo(clerk, person_id=person.pk, reason="Asked for it")
    assert Person.objects.get().photo_id is None
    with pytest.raises(Forbidden):
        services.replace_photo(an_actor(tenant), person_id=person.pk, content=samples.a_jpeg(), name="x")
