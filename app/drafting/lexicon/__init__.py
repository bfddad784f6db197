"""Tables of clinical words and the readers that find them in speech and notes."""
