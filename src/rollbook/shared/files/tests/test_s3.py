"""The same acts on an S3-compatible store, over HTTP on loopback."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.client import Config
from django.core.files.storage import storages
from moto.server import ThreadedMotoServer

from rollbook.core import clock, ids
from rollbook.core.errors import NotFound
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.files import selectors, services, storage
from rollbook.shared.files.store_settings import s3_store
from rollbook.shared.files.tests import samples
from rollbook.shared.files.tests.test_storing import PAPERS, a_keeper, a_reader, a_sender

pytestmark = pytest.mark.django_db

BUCKET = "rollbook-files"
KEY = "test-key"


def _free_port() -> int:
    for port in range(21_500, 21_600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise RuntimeError("No free port between 21500 and 21600.")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    port = _free_port()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def bucket(endpoint: str, settings: Any) -> Iterator[Any]:
    reach = {
        "endpoint_url": endpoint,
        "aws_access_key_id": KEY,
        "aws_secret_access_key": KEY,
        "region_name": "us-east-1",
    }
    s3 = boto3.resource("s3", config=Config(s3={"addressing_style": "path"}), **reach)
    made = s3.create_bucket(Bucket=BUCKET)
    store = s3_store(bucket=BUCKET, endpoint=endpoint, region="us-east-1", access_key=KEY, secret_key=KEY)
    settings.STORAGES = {**settings.STORAGES, "default": store}
    storages._storages.pop("default", None)
    yield made
    made.objects.all().delete()
    made.delete()
    storages._storages.pop("default", None)


def test_a_file_is_stored_read_withdrawn_and_swept(tenant: Organisation, bucket: Any, frozen_clock: Any) -> None:
    frozen_clock(datetime.now(UTC))
    stored = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")

    assert [item.key for item in bucket.objects.all()] == [stored.storage_key]
    reader = a_reader(tenant)
    content = selectors.content_of(reader, selectors.readable_file(reader, stored.pk), purpose="Test")
    assert content.startswith(b"%PDF-")
    assert len(content) == stored.size_bytes
    services.remove_file(a_keeper(tenant), file_id=stored.pk, reason="Wrong student")
    assert services.sweep(a_keeper(tenant)).withdrawn_removed == 0
    frozen_clock(clock.now() + timedelta(hours=2))
    assert services.sweep(a_keeper(tenant)).withdrawn_removed == 1
    assert list(bucket.objects.all()) == []


def test_orphans_are_swept_and_a_lost_file_looks_like_none(tenant: Organisation, bucket: Any) -> None:
    stored = services.store_upload(a_sender(tenant), bucket=PAPERS, content=samples.a_pdf(), name="one.pdf")
    storage.put(storage.key_of(tenant.pk, "tests.papers", ids.new_id()), b"left behind")

    swept = services.sweep(a_keeper(tenant), older_than=timedelta(seconds=-5))

    assert (swept.checked, swept.orphans_removed) == (2, 1)
    assert [item.key for item in bucket.objects.all()] == [stored.storage_key]
    bucket.objects.all().delete()
    with pytest.raises(NotFound):
        selectors.content_of(a_reader(tenant), stored, purpose="Test")


def test_a_key_is_never_written_twice(tenant: Organisation, bucket: Any) -> None:
    key = storage.key_of(tenant.pk, "tests.papers", ids.new_id())
    storage.put(key, b"first")

    with pytest.raises(FileExistsError):
        storage.put(key, b"second")

    assert storage.get(key) == b"first"
    assert len(list(bucket.objects.all())) == 1
