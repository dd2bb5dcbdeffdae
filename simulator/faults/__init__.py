"""What goes wrong with the answers: which kinds there are, when, and how each is done."""
