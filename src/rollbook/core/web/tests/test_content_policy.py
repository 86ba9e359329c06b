"""What browsers may load: pages from our own files, data nothing."""

from django.test import Client


def test_pages_load_from_our_own_files_only(client: Client, db: None) -> None:
    policy = client.get("/login/").headers["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


def test_answers_of_the_api_load_nothing(client: Client, db: None) -> None:
    for address in ("/api/v1/college/public/programs", "/api/v1/no-such-address", "/api/v1/college/cashier/payments"):
        assert client.get(address).headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
