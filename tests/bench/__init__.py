"""The benchmark: a warehouse of real size, landed without HTTP, built, added to and built again."""
