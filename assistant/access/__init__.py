"""Who may do what: staff accounts and their sessions, and limits on guessing that every process shares."""
