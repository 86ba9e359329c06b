"""Numbers that people see and auditors count: gapless series, one locked row each."""
