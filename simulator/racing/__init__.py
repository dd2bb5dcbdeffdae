"""What happens: fields are made up, declared, backed and run, and what is remembered of it."""
