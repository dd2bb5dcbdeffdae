"""What differs between two builds: schemas with the same tables in one database."""
