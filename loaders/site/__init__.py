"""The pages that people open: static, each a file that needs no network and no other file."""
