"""Files that come in and go out: transcripts, notes, exports."""
