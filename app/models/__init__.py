"""The catalogue of model files: fetch, verify, import."""
