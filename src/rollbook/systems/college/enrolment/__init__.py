"""Who is enrolled in which term: term enrolments, the month-1 gate, and what of its rules may be set aside."""
