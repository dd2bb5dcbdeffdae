"""The tables of the racing schema as files, with a dictionary of their columns."""
