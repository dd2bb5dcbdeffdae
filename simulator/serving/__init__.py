"""The API over HTTP: its paths and parameters, login, limits and pages, on a port."""
