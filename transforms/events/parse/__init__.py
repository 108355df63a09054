"""The dependency parse: spaCy's model, made fast, and questions to its trees."""
