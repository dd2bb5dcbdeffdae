"""What has landed, kept in a folder and brought back from it."""
