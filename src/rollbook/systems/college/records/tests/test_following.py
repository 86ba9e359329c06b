"""A curriculum that students follow stays as it is."""

import pytest

from rollbook.systems.college.catalogue.errors import CurriculumInUse
from rollbook.systems.college.catalogue.examples import a_curriculum, a_subject
from rollbook.systems.college.catalogue.services import return_curriculum
from rollbook.systems.college.examples import a_head_registrar, a_programme, a_student

WHY = "A subject was forgotten in the first year."


def test_a_curriculum_with_students_is_not_made_a_draft_again(tenant):
    programme = a_programme("BSIT")
    curriculum = a_curriculum(programme, {(1, "FIRST"): [a_subject("IT 101")]}, name="BSIT 2031")
    student = a_student(programme=programme)
    student.curriculum = curriculum
    student.save(update_fields=["curriculum"])

    with pytest.raises(CurriculumInUse) as refusal:
        return_curriculum(a_head_registrar(), curriculum_id=curriculum.id, reason=WHY)
    assert refusal.value.facts == {"curriculum": "BSIT 2031", "count": 1}
    curriculum.refresh_from_db()
    assert curriculum.state == "ACTIVE"

    student.curriculum = None
    student.save(update_fields=["curriculum"])
    assert return_curriculum(a_head_registrar(), curriculum_id=curriculum.id, reason=WHY).state == "DRAFT"
