"""PostgreSQL: pool, embedded server, migrations, and plain SQL with one module per aggregate."""
