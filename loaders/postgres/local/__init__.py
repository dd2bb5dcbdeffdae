"""What an embedded PostgreSQL needs of this machine: programs, an account, a folder, a lock."""
