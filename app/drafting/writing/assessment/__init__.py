"""What the clinician found and concluded becomes lines, each with its hedge."""
