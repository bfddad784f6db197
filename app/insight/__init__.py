"""How well it works: evaluation and benchmarks; figures, never content."""
