"""Audio blocks become a transcript."""
