"""What a stretch of talk is: question or answer, whose, advised, feared, ordered; and where a phrase was said."""
