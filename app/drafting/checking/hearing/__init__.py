"""A visit as the rules hear it: clauses, mentions, numbers, sides, questions with their answers."""
