"""The raw schema: its migrations, what may land in it, the merge, and the log of loads."""
