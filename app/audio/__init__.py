"""Sound in and out: decoding files, levels, playback."""
