"""Who may sign in: accounts, their tokens, sessions and failures; never what they may do."""
