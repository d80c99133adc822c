"""Who is asking: keys of agents, passwords, sessions, invitations and links of people. No web framework in here."""
