"""Who is enrolled in which term: term enrolments, the month-1 gate, and overrides with their reasons."""
