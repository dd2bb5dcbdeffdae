"""What there is before a race: courses and fixtures, conditions, horses and people."""
