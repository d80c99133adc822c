"""What travels between a program and a server: routes, bodies, records, problems. Both ends work from these."""
