"""Edit by instruction: lines of a note written anew as a person asks, by rules where they do it exactly."""
