"""Rule checks: is what the note says what was said?"""
