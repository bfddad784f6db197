"""A visit is cut into passages, and the language model answers a form on each."""
