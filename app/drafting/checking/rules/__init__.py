"""One rule a file: what it finds wrong with a statement, and what was said instead."""
