"""What the clinician orders becomes lines, linked to problems by what was said."""
