"""Loaders that land the Racing API's JSON in Postgres, and the stand-in API they are tried on."""
