"""Papers of a leave: sent with it or later, read by the registrars and the student alone, each reading written down."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.errors import Forbidden, NotFound
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files.errors import FileIsAProgram, FileTypeNotTaken
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.selectors import content_of, readable_file
from rollbook.shared.files.tests.conftest import folder
from rollbook.shared.files.tests.samples import a_pdf
from rollbook.systems.college import roles
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_registrar,
    a_student,
    an_administrator,
)
from rollbook.systems.college.records import selectors, services
from rollbook.systems.college.records.errors import RequestCannotMove, RequestNotFound, TooManyPapers
from rollbook.systems.college.records.models import StatusRequest, StudentStatusPeriod
from rollbook.systems.college.records.services import SentPaper
from rollbook.systems.college.records.services.papers import MOST_PAPERS
from rollbook.systems.college.records.tests.test_requests import approved, asks, herself, on

pytestmark = pytest.mark.usefixtures("tenant", "folder", "on")
__all__ = ["folder", "on"]


def certificate(name="certificate.pdf"):
    return SentPaper(a_pdf(), name)


@pytest.fixture
def asked(on):
    """A leave for a medical reason, with a certificate."""
    student = a_student()
    on("2031-07-02")
    return asks(student, first="2031-07-02", last="2031-07-20", is_confidential=True, paper=certificate())


def shown(actor, request):
    return selectors.papers_of(actor, selectors.get_status_request(actor, request.id))


def test_a_certificate_comes_with_the_request_and_the_registrar_who_decides_reads_it(asked):
    student = asked.student
    paper = shown(a_registrar(), asked)[0]

    stored = readable_file(a_registrar(), paper.id)
    assert content_of(a_registrar(), stored, purpose="Shown on a page").startswith(b"%PDF-")
    assert [one.id for one in shown(herself(student), asked)] == [paper.id]
    assert readable_file(herself(student), paper.id).name == "certificate.pdf"
    approved(asked)

    assert StudentStatusPeriod.objects.get(status="LOA").document_id == paper.id
    assert AuditEntry.objects.get(action="college.request_paper_sent").facts["file_id"] == str(paper.id)
    assert AccessEntry.objects.filter(target_id=paper.id).count() == 1


def test_nobody_else_learns_what_the_papers_are(asked):
    paper = shown(a_registrar(), asked)[0]

    assert shown(an_administrator(), asked) == []
    for actor in (an_administrator(), a_cashier(), herself(a_student("250002")), a_member(roles.DEAN)):
        with pytest.raises(NotFound):
            readable_file(actor, paper.id)


def test_postgresql_shows_the_rows_only_where_they_are_asked_for(asked):
    with connection.cursor() as cursor:
        count = "SELECT count(*) FROM files_storedfile WHERE organisation_id = %s"
        cursor.execute(count, [asked.organisation_id])
        assert cursor.fetchone() == (0,)
    with tenant_scope(asked.organisation_id, grants={"leave_papers"}):
        assert StoredFile.objects.count() == 1


def test_more_papers_are_sent_while_it_is_open_and_none_once_it_is_decided(asked):
    student = herself(asked.student)
    services.add_paper(student, request_id=asked.id, paper=certificate("second.pdf"))
    services.add_paper(a_registrar(), request_id=asked.id, paper=certificate("brought.pdf"))
    assert [one.name for one in shown(student, asked)] == ["certificate.pdf", "second.pdf", "brought.pdf"]
    approved(asked)

    with pytest.raises(RequestCannotMove, match="in effect"):
        services.add_paper(student, request_id=asked.id, paper=certificate("late.pdf"))
    assert len(shown(student, asked)) == 3


def test_there_is_an_end_to_papers(asked):
    student = herself(asked.student)
    for _number in range(MOST_PAPERS - 1):
        services.add_paper(student, request_id=asked.id, paper=certificate())
    with pytest.raises(TooManyPapers):
        services.add_paper(student, request_id=asked.id, paper=certificate())
    assert len(shown(student, asked)) == MOST_PAPERS


@pytest.mark.parametrize(
    ("content", "refusal"), [(b"MZ" + b"\0" * 200, FileIsAProgram), (b"just words", FileTypeNotTaken)]
)
def test_a_file_that_is_no_paper_is_refused_and_nothing_is_asked(content, refusal):
    with pytest.raises(refusal):
        asks(a_student(), paper=SentPaper(content, "certificate.pdf"))
    assert not StatusRequest.objects.exists()


def test_a_stranger_sends_nothing_to_somebody_elses_request(asked):
    for actor, refusal in ((herself(a_student("250002")), RequestNotFound), (a_cashier(), Forbidden)):
        with pytest.raises(refusal):
            services.add_paper(actor, request_id=asked.id, paper=certificate())
    assert len(shown(a_registrar(), asked)) == 1


def test_the_pages_take_and_show_papers():
    student = a_student()
    me, desk = a_browser(herself(student)), a_browser(a_registrar())
    wanted = {"kind": "LEAVE", "from_date": "2031-07-10", "reason": "A parent has to be looked after"}
    wrong = SimpleUploadedFile("certificate.pdf", b"MZ" + b"\0" * 200)

    refused = me.post("/my/requests/new/", {**wanted, "paper": wrong})
    assert (refused.status_code, StatusRequest.objects.count()) == (422, 0)
    assert "A parent has to be looked after" in refused.content.decode()
    sent = me.post("/my/requests/new/", {**wanted, "paper": SimpleUploadedFile("letter.pdf", a_pdf())})
    request = StatusRequest.objects.get()
    assert sent.status_code == 303
    own, there = f"/my/requests/{request.id}/papers/", f"/leaves/{request.id}/"
    assert "letter.pdf" in me.get(own).content.decode()
    assert me.post(own, {"paper": SimpleUploadedFile("more.pdf", a_pdf())}).status_code == 303
    assert me.post(own, {}).status_code == 422
    page = desk.get(there).content.decode()
    assert ("letter.pdf" in page, "more.pdf" in page) == (True, True)
    assert desk.post(f"{there}papers/", {"paper": SimpleUploadedFile("desk.pdf", a_pdf())}).status_code == 303
    assert desk.post(f"{there}papers/", {"paper": wrong}).status_code == 422
    with tenant_scope(student.organisation_id, grants={"leave_papers"}):
        file_id = StoredFile.objects.earliest("created_at").id
    assert desk.get(f"/files/view/{file_id}/").content.startswith(b"%PDF-")
    administrator = a_browser(an_administrator())
    assert "Only registrars read them." in administrator.get(there).content.decode()
    assert administrator.get(f"/files/view/{file_id}/").status_code == 404


def test_the_same_over_json(asked):
    base = "/api/v1/college"
    me, desk = a_browser(herself(asked.student)), a_browser(a_registrar())

    sent = me.post(f"{base}/me/status-requests/{asked.id}/papers", {"file": SimpleUploadedFile("x.pdf", a_pdf())})
    brought = desk.post(f"{base}/status-requests/{asked.id}/papers", {"file": SimpleUploadedFile("y.pdf", a_pdf())})
    program = SimpleUploadedFile("z.pdf", b"MZ" + b"\0" * 200)
    refused = me.post(f"{base}/me/status-requests/{asked.id}/papers", {"file": program})

    assert (sent.status_code, brought.status_code, refused.status_code) == (201, 201, 422)
    names = [one["name"] for one in me.get(f"{base}/me/status-requests/{asked.id}/papers").json()]
    assert names == ["certificate.pdf", "x.pdf", "y.pdf"]
    papers = desk.get(f"{base}/status-requests/{asked.id}").json()["papers"]
    assert [one["name"] for one in papers] == names
    assert desk.get(f"/api/v1/files/{papers[0]['id']}/content").content.startswith(b"%PDF-")
    assert a_browser(an_administrator()).get(f"{base}/status-requests/{asked.id}").json()["papers"] == []
