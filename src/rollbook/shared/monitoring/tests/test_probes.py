"""The doctor's probes: each can find what it looks for."""

import socket
from pathlib import Path

from rollbook.shared.monitoring import probes


def test_this_python_and_these_libraries_are_accepted():
    assert probes.python_version().is_well is True
    assert [finding.sentence for finding in probes.dependencies("rollbook")] == [
        "Every library is here in an accepted version."
    ]


def test_an_old_python_is_wrong(monkeypatch):
    monkeypatch.setattr(probes.sys, "version_info", (3, 10, 4, "final", 0))
    assert probes.python_version().remedy == "Use Python 3.11, 3.12 or 3.13."


def test_a_library_of_another_version_is_named(monkeypatch):
    monkeypatch.setattr(probes, "version", lambda name: "0.1" if name == "django" else "999")
    (finding,) = probes.dependencies("rollbook")
    assert finding.is_well is False
    assert "django is 0.1, needed is" in finding.sentence


def test_a_full_disk_is_wrong(tmp_path):
    assert probes.disk(tmp_path, 1).is_well is True
    assert probes.disk(tmp_path / "not" / "made" / "yet", 10**9).is_well is False


def test_a_port_that_somebody_holds_is_wrong_unless_it_is_us():
    with socket.socket() as thief:
        thief.bind(("127.0.0.1", 0))
        thief.listen()
        number = thief.getsockname()[1]
        assert probes.port("127.0.0.1", number, is_ours=False).is_well is False
        assert probes.port("127.0.0.1", number, is_ours=True).is_well is True


def test_a_secret_that_others_may_read_is_wrong(tmp_path):
    tmp_path.chmod(0o700)
    secret = tmp_path / "secret-key"
    secret.write_text("x")
    secret.chmod(0o640)
    finding = probes.private_files(tmp_path)
    assert (finding.is_well, finding.remedy) == (False, f"Run: chmod -R go= {tmp_path}")
    secret.chmod(0o600)
    assert probes.private_files(tmp_path).is_well is True


def test_a_clock_before_the_installation_is_wrong(monkeypatch):
    here = Path(__file__)
    assert probes.clock(here).is_well is True
    monkeypatch.setattr(probes.time, "time", lambda: 0.0)
    assert probes.clock(here).is_well is False


def test_clocks_may_differ_by_a_second_and_not_by_more():
    assert probes.clock_skew(1.0).is_well is True
    assert probes.clock_skew(-1.1).is_well is False


def test_a_home_that_cannot_be_written_is_wrong(monkeypatch, tmp_path):
    assert probes.writable(tmp_path / "new").is_well is True
    monkeypatch.setattr(probes.os, "access", lambda *_: False)
    assert probes.writable(tmp_path).is_well is False
