"""A draft becomes reviewed, signed and amended."""
