"""The college: catalogue, records, enrolment, exams and fees."""
