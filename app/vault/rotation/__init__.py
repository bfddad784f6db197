"""New data keys for encounters, and everything in them sealed anew under these."""
