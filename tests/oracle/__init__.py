"""The tables worked out again, in plain Python, from the raw JSON and the written rules alone.

Nothing here reads a model or runs a query over one: agreement with the database means something
only as long as the two were worked out apart.
"""
