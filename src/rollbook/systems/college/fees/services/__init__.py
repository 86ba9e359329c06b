"""Acts of the college's money, one file per family."""
