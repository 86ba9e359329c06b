"""What the guide of the professors needs beside the college itself: classes, their students and a telephone."""

from datetime import timedelta

from rollbook.core import clock
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files.services import replace_photo
from rollbook.shared.files.tests.samples import a_jpeg
from rollbook.systems.college.examples import an_administrator
from rollbook.systems.college.exams.services import add_exam_period, waive
from rollbook.systems.college.grading.examples import AClass, finalised, taken_up
from rollbook.systems.college.scheduling.examples import a_meeting, a_room, a_section
from rollbook.systems.college.scheduling.models import Section
from tests.journeys.guides.campus import Campus, build

#: A telephone whose browser reads codes: what is held before its camera stands in `held`.
A_CAMERA = """
window.asked = 0;
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ['qr_code']; }
  async detect() { return window.held ? [{ rawValue: window.held }] : []; }
};
navigator.mediaDevices.getUserMedia = async () => {
  window.asked += 1;
  const canvas = document.createElement('canvas');
  canvas.getContext('2d').fillRect(0, 0, 9, 9);
  return canvas.captureStream(5);
};
"""

STUDENTS = (
    ("Abad", "Maria Cristina"), ("Bautista", "Angelica"), ("Castañeda", "Jose Rafael"), ("Dela Cruz", "Juan"),
    ("Espiritu", "Carmela"), ("Fernandez", "Niño"),
)  # fmt: skip
CLASSES = (("IT 101", 1, "08:00", "09:30"), ("IT 102", 3, "10:00", "11:30"), ("GE 1", 5, "13:00", "14:30"))


def build_professor() -> Campus:
    """Paz Aquino teaches three classes; one more is graded already, with an incomplete."""
    campus = build()
    with tenant_scope(campus.organisation_id):
        with clock.frozen_at(clock.now() - timedelta(days=300)):
            students = [campus.student(family, given) for family, given in STUDENTS]
        replace_photo(
            campus.actor("registrar"), person_id=students[2].person_id, content=a_jpeg(480, 480), name="photo.jpg"
        )
        terms = [campus.enrol(student) for student in students]
        paz, room = campus.faculty("Aquino", "Paz", member="professor"), a_room("R101")
        for code, weekday, start, end in CLASSES:
            section = _section(campus, paz, code)
            a_meeting(section, weekday, start, end, room=room, professor=paz)
            for term in terms:
                taken_up(term, section)
        section = _section(campus, paz, "IT 103")
        rows = [taken_up(term, section) for term in terms[:2]]
        with clock.frozen_at(clock.now() - timedelta(days=9)):
            finalised(
                AClass(campus.terms["running"], section.subject, section, campus.actor("professor"), rows),
                "2.00", "INC", registrar=campus.actor("registrar"),
            )  # fmt: skip
        exam = add_exam_period(
            an_administrator(), term_id=campus.terms["running"].id, code="FINAL", name="Final", month=4,
            opens_on=campus.day(-2), closes_on=campus.day(5),
        )  # fmt: skip
        waive(
            an_administrator(), term_enrolment_id=terms[3].id, exam_period_id=exam.id, reason="Scholar of the province"
        )
    return campus


def _section(campus: Campus, owner: object, code: str) -> Section:
    return a_section(
        "ACT-1A", subject=campus.subjects[code], term=campus.terms["running"], professor=owner, state=Section.State.OPEN
    )
