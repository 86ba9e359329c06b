"""Pages of exams: one's own permits, the exams of a term and the months they ask for, a student's, the door."""
