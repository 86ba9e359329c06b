"""Short reports are answered at once, long ones in the background; each run stands on record and belongs to one."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from rollbook.core import clock
from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.identity.examples import a_member, a_role, an_actor, sign_in
from rollbook.core.permissions.actor import Actor
from rollbook.core.permissions.models import RoleBundle
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.analytics import reading, register, rules, selectors
from rollbook.shared.analytics.asking import asked, asked_strictly
from rollbook.shared.analytics.errors import FileGone, ReportNotFound, RunNotFound
from rollbook.shared.analytics.examples import a_report, many_people
from rollbook.shared.analytics.models import ReportRun
from rollbook.shared.analytics.navigation import find_reports
from rollbook.shared.analytics.permissions import SEE_REPORTS
from rollbook.shared.analytics.register import Report, register_report
from rollbook.shared.analytics.services import background
from rollbook.shared.analytics.services.asking import download, run_report
from rollbook.shared.files.jobs import tidy_up
from rollbook.shared.files.selectors import read_content
from rollbook.shared.jobs.testing import waiting, work_off
from rollbook.shared.messaging.models import Notice
from rollbook.shared.people.models import Person
from rollbook.shared.people.permissions import VIEW_PEOPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def report() -> Iterator[Report]:
    """A report of everybody on the roll, for as long as the test."""
    made = register_report(a_report())
    yield made
    register.forget(made.key)


@pytest.fixture
def reader(tenant: Organisation) -> Actor:
    """Somebody who may run it, and is on the roll, so that notices reach them."""
    a_role(tenant, "reader", [SEE_REPORTS, VIEW_PEOPLE])
    person = Person.objects.create(family_name="Reyes", given_name="Ana")
    return an_actor(a_member(tenant, "reader", name="Reyes, Ana", person_id=person.id))


def run(actor: Actor, report: Report, file_format: str = "csv", **params: list[str]) -> Any:
    return run_report(actor, asked(report, params), file_format=file_format)


def lines_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_a_short_report_is_answered_at_once_and_its_run_stands(reader, report):
    answered = run(reader, report)

    assert [line[:2] for line in lines_of(answered.content)] == [["Family name", "Given name"], ["Reyes", "Ana"]]
    stands = ReportRun.objects.get()
    assert (stands.state, stands.rows, stands.done, stands.asked_by_id) == ("DONE", 1, 1, reader.user_id)
    assert waiting("analytics.report_run") == []


def test_the_same_rows_stand_in_all_three_formats(reader, report):
    many_people(120)
    expected = [["Reyes", "Ana"], *([["Santos", f"Person {place:06d}"] for place in range(1, 121)])]

    assert [line[:2] for line in lines_of(run(reader, report).content)[1:]] == expected
    book = CalamineWorkbook.from_filelike(io.BytesIO(run(reader, report, "xlsx").content))
    rows = book.get_sheet_by_index(0).to_python()
    assert [row[:2] for row in rows[1:]] == expected
    assert [row[3] for row in rows[1:]] == [1.0] * 121

    pages = [page.extract_text() for page in PdfReader(io.BytesIO(run(reader, report, "pdf").content)).pages]
    text = "\n".join(pages)
    assert len(pages) > 1
    assert all("Family name" in page for page in pages)
    assert all(f"Page {number} of" in page for number, page in enumerate(pages, start=1))
    assert all(str(len(pages)) in page.splitlines() for page in pages)
    assert all(given in text for _family, given in expected)
    assert "121.00" in text


def test_filters_narrow_and_columns_are_chosen(reader, report):
    many_people(3)

    wanted = asked(report, {"sex": ["F"]}, ["given_name", "sex"])
    answered = run_report(reader, wanted, file_format="csv")

    assert lines_of(answered.content) == [["Given name", "Sex"], *([[f"Person 00000{n}", "F"] for n in (1, 2, 3)])]
    assert ReportRun.objects.get().filters == {"sex": ["F"]}


def test_a_name_that_looks_like_a_formula_is_harmless_in_every_format(reader, report):
    Person.objects.create(family_name="=cmd|'/c calc'!A1", given_name="+1")

    assert lines_of(run(reader, report).content)[1][:2] == ["'=cmd|'/c calc'!A1", "'+1"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(run(reader, report, "xlsx").content))
    assert book.get_sheet_by_index(0).to_python()[1][:2] == ["'=cmd|'/c calc'!A1", "'+1"]
    assert "=cmd" in PdfReader(io.BytesIO(run(reader, report, "pdf").content)).pages[0].extract_text()


def test_above_five_thousand_rows_it_is_written_in_the_background_and_who_asked_is_told(reader, report):
    many_people(rules.MOST_AT_ONCE)

    answered = run(reader, report)
    assert (answered.content, answered.run.state, answered.run.rows) == (None, "QUEUED", 5_001)
    assert work_off() == ["analytics.report_run"]

    stands = ReportRun.objects.get()
    assert (stands.state, stands.done, stands.attempts) == ("DONE", 5_001, 1)
    _of, stored = download(reader, stands.id)
    lines = lines_of(read_content(stored))
    assert (len(lines), lines[1][1], lines[-1][1]) == (5_002, "Ana", "Person 005000")
    notice = Notice.objects.get()
    assert (notice.recipient_id, notice.facts["url"]) == (reader.person_id, f"/reports/runs/{stands.id}/")


def test_exactly_five_thousand_rows_are_answered_at_once(reader, report):
    many_people(rules.MOST_AT_ONCE - 1)

    assert len(lines_of(run(reader, report).content)) == 5_001


def test_progress_is_seen_while_it_is_written(reader, report, monkeypatch):
    many_people(rules.MOST_AT_ONCE)
    answered = run(reader, report)
    seen: list[tuple[str, int]] = []
    note = background._note

    def watched(of, done):
        note(of, done)
        seen.append(ReportRun.objects.values_list("state", "done").get())

    monkeypatch.setattr(background, "_note", watched)
    background.write_run(reader.organisation_id, answered.run.id)

    assert seen == [("RUNNING", 2_000), ("RUNNING", 4_000), ("RUNNING", 5_001)]


def test_run_twice_it_is_written_once(reader, report):
    many_people(rules.MOST_AT_ONCE)
    answered = run(reader, report)

    background.write_run(reader.organisation_id, answered.run.id)
    first = ReportRun.objects.get()
    background.write_run(reader.organisation_id, answered.run.id)

    again = ReportRun.objects.get()
    assert (again.file_id, again.attempts, Notice.objects.count()) == (first.file_id, 1, 1)


def test_the_run_of_a_killed_worker_is_written_by_the_next(reader, report):
    many_people(rules.MOST_AT_ONCE)
    answered = run(reader, report)
    ReportRun.objects.update(state="RUNNING", attempts=1, done=2_000)

    background.write_run(reader.organisation_id, answered.run.id)

    assert ReportRun.objects.values_list("state", "attempts", "done").get() == ("DONE", 2, 5_001)


def test_a_worker_held_for_dead_does_not_overwrite_what_the_next_one_made(reader, report):
    many_people(rules.MOST_AT_ONCE)
    answered = run(reader, report)
    late, actor, _wanted = background._claim(reader.organisation_id, answered.run.id)
    background.write_run(reader.organisation_id, answered.run.id)
    made = ReportRun.objects.get()

    background._conclude(actor, late, b"late", 1)

    assert ReportRun.objects.get().file_id == made.file_id


def test_after_the_last_attempt_the_run_has_failed_and_who_asked_is_told(reader, report, monkeypatch):
    many_people(rules.MOST_AT_ONCE)
    answered = run(reader, report)

    def broken(*_arguments: Any) -> Any:
        raise OSError("the disk is full")

    monkeypatch.setattr(background, "write", broken)
    states = []
    for _attempt in range(4):
        with pytest.raises(OSError, match="full"):
            background.write_run(reader.organisation_id, answered.run.id)
        states.append(ReportRun.objects.get().state)

    assert states == ["QUEUED", "QUEUED", "QUEUED", "FAILED"]
    assert ReportRun.objects.get().reason.startswith("OSError")
    assert "People of the roll could not be written" in Notice.objects.get().facts["text"]


def test_who_lost_the_right_meanwhile_gets_no_file(reader, report, tenant):
    many_people(rules.MOST_AT_ONCE)
    answered = run(reader, report)
    RoleBundle.objects.filter(key="reader").update(permissions=[SEE_REPORTS])
    background.write_run(reader.organisation_id, answered.run.id)

    assert ReportRun.objects.values_list("state", "reason").get() == ("FAILED", "Refused: REPORT_NOT_FOUND")


def test_every_run_and_every_taking_away_is_on_record(reader, report):
    answered = run(reader, report, "xlsx", sex=["F"])
    download(reader, answered.run.id)

    entries = {entry.action: entry for entry in AuditEntry.objects.filter(action__startswith="analytics.")}
    assert set(entries) == {"analytics.report_run", "analytics.report_downloaded"}
    facts = entries["analytics.report_run"].facts
    assert (facts["report"], facts["format"], facts["rows"], facts["filters"]) == (
        "people-of-the-roll", "xlsx", 0, {"sex": ["F"]},
    )  # fmt: skip
    assert AccessEntry.objects.filter(target_id=answered.run.id, purpose="report people-of-the-roll").count() == 1


def test_a_stranger_finds_neither_the_report_nor_the_run(reader, report, tenant):
    answered = run(reader, report)
    a_role(tenant, "other", [SEE_REPORTS])
    other = an_actor(a_member(tenant, "other", name="Cruz, Ben"))
    nobody = an_actor(a_member(tenant, name="Nemo"))

    with pytest.raises(ReportNotFound):
        selectors.get_report(other, report.key)
    with pytest.raises(ReportNotFound):
        run_report(other, asked(report, {}), file_format="csv")
    with pytest.raises(RunNotFound):
        download(other, answered.run.id)
    with pytest.raises(Forbidden):
        selectors.own_reports(nobody)
    assert selectors.own_reports(other) == []
    assert ReportRun.objects.count() == 1


def test_another_with_the_same_role_does_not_see_the_run(reader, report, tenant):
    answered = run(reader, report)
    colleague = an_actor(a_member(tenant, "reader", name="Cruz, Ben"))

    with pytest.raises(RunNotFound):
        download(colleague, answered.run.id)


def test_after_thirty_days_the_file_is_gone_and_the_run_stays(reader, report):
    answered = run(reader, report)

    with clock.frozen_at(clock.now() + timedelta(days=31)):
        tidy_up(organisation_id=reader.organisation_id)

    with pytest.raises(FileGone, match=f"kept for {rules.KEEP_DAYS} days"):
        download(reader, answered.run.id)
    assert selectors.own_runs(reader).count() == 1


def test_a_program_is_told_what_is_wrong_with_its_filters(reader, report):
    with pytest.raises(Invalid) as refusal:
        asked_strictly(report, {"sex": ["X"], "colour": ["red"]}, ["nothing"])

    assert [error["field"] for error in refusal.value.errors] == ["filters.colour", "filters.sex", "columns"]


def test_another_organisations_rows_are_never_counted(reader, report, other_organisation, organisation):
    assert reading.count(report, reader, {}) == Person.objects.count()


def test_a_run_is_done_only_with_a_file(reader, report, attack):
    run(reader, report)

    for change in ({"state": "RUNNING"}, {"file_id": None}, {"done": 7}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportRun.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReportRun.objects.update(key="another")


def test_pages_show_the_report_and_give_its_file(organisation, report):
    with tenant_scope(organisation.id):
        a_role(organisation, "reader", [SEE_REPORTS, VIEW_PEOPLE])
        many_people(60)
    client = Client()
    sign_in(client, a_member(organisation, "reader"))

    assert "People of the roll" in client.get("/reports/").content.decode()
    shown = client.get(f"/reports/{report.key}/?sex=F").content.decode()
    assert shown.count("Person 0000") == 50
    assert "60" in shown
    taken = client.post(f"/reports/{report.key}/run/?sex=F", {"format": "csv"})
    assert (taken.status_code, len(lines_of(taken.content))) == (200, 61)
    assert client.post(f"/reports/{report.key}/run/", {"format": "exe"}).status_code == 422
    part = client.get(
        f"/reports/{report.key}/", headers={"HX-Request": "true", "HX-Target": f"table-report-{report.key}"}
    )
    assert 'hx-swap-oob="true"' in part.content.decode()
    assert client.get(f"/reports/{report.key}/?export=csv").status_code == 404
    with tenant_scope(organisation.id):
        run_id = ReportRun.objects.get().id
    assert "ready" in client.get(f"/reports/runs/{run_id}/").content.decode()
    assert client.get(f"/reports/runs/{run_id}/file/").content == taken.content
    assert client.get("/reports/no-such-report/").status_code == 404


def test_the_same_over_json(organisation, report):
    with tenant_scope(organisation.id):
        a_role(organisation, "reader", [SEE_REPORTS, VIEW_PEOPLE])
        many_people(5_001)
    client = Client()
    sign_in(client, a_member(organisation, "reader"))

    listed = client.get("/api/v1/college/reports/").json()
    assert [item["key"] for item in listed["items"]] == [report.key]
    long = client.post(f"/api/v1/college/reports/{report.key}/runs", {"format": "csv"}, content_type="application/json")
    assert (long.status_code, long.json()["state"], long.json()["rows"]) == (202, "QUEUED", 5_001)
    assert client.get(f"/api/v1/college/reports/runs/{long.json()['id']}/file").status_code == 409
    short = client.post(
        f"/api/v1/college/reports/{report.key}/runs", {"format": "csv", "filters": {"sex": ["M"]}},
        content_type="application/json",
    )  # fmt: skip
    assert (short.status_code, short.json()["rows"]) == (201, 0)
    assert short.json()["file"] == f"/api/v1/college/reports/runs/{short.json()['id']}/file"
    assert client.get(short.json()["file"]).status_code == 200
    wrong = client.post(
        f"/api/v1/college/reports/{report.key}/runs", {"filters": {"colour": ["red"]}}, content_type="application/json"
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "filters.colour")
    assert client.post("/api/v1/college/reports/nothing/runs", {}, content_type="application/json").status_code == 404


def test_a_report_is_found_by_its_words_by_who_may_run_it(reader, report, tenant):
    a_role(tenant, "other", [SEE_REPORTS])
    other = an_actor(a_member(tenant, "other", name="Cruz, Ben"))

    assert [row.url for row in find_reports(reader, "roll people", 8)] == [f"/reports/{report.key}/"]
    assert find_reports(reader, "something else", 8) == []
    assert find_reports(other, "roll", 8) == []


def test_a_report_is_declared_once_and_names_who_may_run_it(report):
    assert register_report(report) is report
    for wrong in ({}, {"key": "Not a key"}, {"key": "another-one", "permissions": ()}):
        with pytest.raises(ValueError, match=r"declared twice|named like|names nobody"):
            register_report(a_report(**wrong))
