"""Who studies here: students, the periods of their status, holds, and the import of students from a file."""
