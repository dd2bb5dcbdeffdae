"""What a scheduler runs: the steps of a day or a week, and what became of them."""
