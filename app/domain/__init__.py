"""What a visit is: pure values and rules, no input or output."""
