"""The database: connections, the tables' base, migrations, retention; SQLite or PostgreSQL by URL."""
