"""View models of the pages behind the visits."""
