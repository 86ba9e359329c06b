"""Pages of admissions: the public way in, the wizard and the status page, and the office."""
