"""Who studies here: students, the periods of their status, holds, rules set aside, and the import of students
from a file."""
