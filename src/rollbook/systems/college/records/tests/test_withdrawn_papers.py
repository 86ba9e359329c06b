"""A paper that a student sent by mistake is withdrawn while nobody has decided, and stays once somebody has."""

import pytest

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files.errors import FileRemoved
from rollbook.shared.files.selectors import readable_file
from rollbook.shared.files.tests.conftest import folder
from rollbook.systems.college.examples import a_browser, a_cashier, a_registrar, a_student
from rollbook.systems.college.records import services
from rollbook.systems.college.records.errors import PaperNotFound, PaperOfTheDesk, PaperStands, RequestNotFound
from rollbook.systems.college.records.tests.test_request_papers import asked, certificate, shown
from rollbook.systems.college.records.tests.test_requests import approved, asks, herself, on

pytestmark = pytest.mark.usefixtures("folder", "on")
__all__ = ["asked", "folder", "on"]

WRONG_ONE = "It is the paper of my sister"


def audited(action):
    return AuditEntry.objects.filter(action=action)


def test_a_paper_sent_by_mistake_is_withdrawn_while_nobody_has_decided(tenant, asked):
    student = herself(asked.student)
    mistake = services.add_paper(student, request_id=asked.id, paper=certificate("wrong.pdf"))

    services.withdraw_paper(student, request_id=asked.id, file_id=mistake.id, reason=WRONG_ONE)
    services.withdraw_paper(student, request_id=asked.id, file_id=mistake.id, reason="Once more")

    assert [one.name for one in shown(a_registrar(), asked)] == ["certificate.pdf"]
    with pytest.raises(FileRemoved):
        readable_file(a_registrar(), mistake.id)
    entry = audited("college.request_paper_withdrawn").get()
    assert (entry.target_id, entry.reason) == (asked.id, WRONG_ONE)
    assert entry.facts["file_id"] == str(mistake.id)
    assert audited("files.removed").get().target_id == mistake.id


def test_what_was_decided_keeps_its_papers(tenant):
    asked = asks(a_student())
    student = herself(asked.student)
    mistake = services.add_paper(student, request_id=asked.id, paper=certificate("wrong.pdf"))
    approved(asked)

    with pytest.raises(PaperStands, match="approved"):
        services.withdraw_paper(student, request_id=asked.id, file_id=mistake.id, reason=WRONG_ONE)

    assert len(shown(student, asked)) == 1
    assert not audited("college.request_paper_withdrawn").exists()


def test_without_a_reason_and_by_anybody_else_nothing_is_withdrawn(tenant, asked):
    student, other = herself(asked.student), herself(a_student("250002"))
    mistake = services.add_paper(student, request_id=asked.id, paper=certificate("wrong.pdf"))
    brought = services.add_paper(a_registrar(), request_id=asked.id, paper=certificate("brought.pdf"))

    for actor, paper, reason, refusal in (
        (student, mistake.id, " ", Invalid),
        (student, brought.id, WRONG_ONE, PaperOfTheDesk),
        (student, asked.id, WRONG_ONE, PaperNotFound),
        (other, mistake.id, WRONG_ONE, RequestNotFound),
        (a_registrar(), mistake.id, WRONG_ONE, Forbidden),
        (a_cashier(), mistake.id, WRONG_ONE, Forbidden),
    ):
        with pytest.raises(refusal):
            services.withdraw_paper(actor, request_id=asked.id, file_id=paper, reason=reason)

    assert len(shown(student, asked)) == 3
    assert not audited("files.removed").exists()


def test_a_paper_of_another_request_is_not_there(tenant, asked):
    (paper,) = shown(a_registrar(), asked)
    other = a_student("250002")
    theirs = asks(other, first="2031-07-03", last="2031-07-20")

    with pytest.raises(PaperNotFound):
        services.withdraw_paper(herself(other), request_id=theirs.id, file_id=paper.id, reason=WRONG_ONE)

    assert len(shown(a_registrar(), asked)) == 1


def test_another_college_withdraws_nothing(organisation, other_organisation, on):
    with tenant_scope(organisation.id):
        asked = asks(a_student(), paper=certificate())
        (paper,) = shown(a_registrar(), asked)
    with tenant_scope(other_organisation.id):
        stranger = herself(a_student())
        with pytest.raises(RequestNotFound):
            services.withdraw_paper(stranger, request_id=asked.id, file_id=paper.id, reason=WRONG_ONE)
        browser = a_browser(stranger)
    place = f"{asked.id}/papers/{paper.id}/withdraw"
    answers = [
        browser.post(f"/my/requests/{place}/", {"reason": WRONG_ONE}),
        browser.post(f"/api/v1/college/me/status-requests/{place}", {"reason": WRONG_ONE}, "application/json"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    with tenant_scope(organisation.id):
        assert [one.id for one in shown(a_registrar(), asked)] == [paper.id]


def test_a_page_withdraws_a_paper(tenant, asked):
    student = herself(asked.student)
    me, other = a_browser(student), a_browser(herself(a_student("250002")))
    mistake = services.add_paper(student, request_id=asked.id, paper=certificate("wrong.pdf"))
    services.add_paper(a_registrar(), request_id=asked.id, paper=certificate("brought.pdf"))
    papers = f"/my/requests/{asked.id}/papers/"
    there = f"{papers}{mistake.id}/withdraw/"

    assert me.get(papers).content.decode().count("/withdraw/") == 1
    assert "wrong.pdf" in me.get(there).content.decode()
    assert me.post(there, {"reason": ""}).status_code == 422
    assert other.get(there).status_code == other.post(there, {"reason": WRONG_ONE}).status_code == 404
    assert me.post(there, {"reason": WRONG_ONE}).status_code == 303

    page = me.get(papers).content.decode()
    assert ("wrong.pdf" in page, "brought.pdf" in page, "/withdraw/" in page) == (False, True, False)
    assert me.get(there).status_code == 404


def test_the_page_says_why_a_decided_request_keeps_its_papers(tenant, asked):
    student = herself(asked.student)
    me = a_browser(student)
    mistake = services.add_paper(student, request_id=asked.id, paper=certificate("wrong.pdf"))
    approved(asked)

    refused = me.post(f"/my/requests/{asked.id}/papers/{mistake.id}/withdraw/", {"reason": WRONG_ONE})

    assert refused.status_code == 422
    assert "Ask the registrar about a wrong one" in refused.content.decode()
    assert "/withdraw/" not in me.get(f"/my/requests/{asked.id}/papers/").content.decode()


def test_a_paper_is_withdrawn_over_json(tenant, asked):
    student = herself(asked.student)
    mistake = services.add_paper(student, request_id=asked.id, paper=certificate("wrong.pdf"))
    there = f"/api/v1/college/me/status-requests/{asked.id}/papers/{mistake.id}/withdraw"

    def sent(actor):
        return a_browser(actor).post(there, {"reason": WRONG_ONE}, content_type="application/json")

    assert sent(herself(a_student("250002"))).status_code == 404
    assert sent(a_cashier()).status_code == 403
    done = sent(student)
    approved(asked)
    late = a_browser(student).post(
        there.replace(str(mistake.id), str(shown(student, asked)[0].id)),
        {"reason": WRONG_ONE},
        content_type="application/json",
    )

    assert (done.status_code, [one["name"] for one in done.json()]) == (200, ["certificate.pdf"])
    assert (late.status_code, late.json()["code"]) == (409, "PAPER_STANDS")
