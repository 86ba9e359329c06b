"""The college's admission: its kinds of applicants, papers and programmes, and the student that admission makes."""
