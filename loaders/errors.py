"""The root of every error that a user of Studbook can meet."""


class StudbookError(Exception):
    """An error whose text is the sentence a user reads; it says what to do next."""
