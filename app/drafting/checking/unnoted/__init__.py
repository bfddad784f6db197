"""Said, not in the note: what was told aloud and on which no statement rests."""
