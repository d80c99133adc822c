#!/bin/sh
# Run once by the image of PostgreSQL: the role that servers, workers and agents use. `handrail migrate` gives it its rights.
exec psql -v ON_ERROR_STOP=1 -U postgres -d handrail -v password="$HANDRAIL_PASSWORD" <<'SQL'
CREATE ROLE handrail LOGIN PASSWORD :'password';
SQL
