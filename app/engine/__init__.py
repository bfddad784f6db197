"""The supervised child process in which the models run."""
