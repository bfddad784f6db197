"""Note types: readable files, checked by place and fault, shipped or a person's own."""
