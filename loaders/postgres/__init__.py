"""The database in use: the server that PG* names or the embedded one, and who may do what."""
