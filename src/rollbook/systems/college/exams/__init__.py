"""Who may sit which exam: exam periods, the months they ask for, permits, and lawful exceptions."""
