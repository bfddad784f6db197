"""The live transcript: text while people talk, final as it goes."""
