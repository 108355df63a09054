"""The dependency parse: spaCy's model with faster components, and queries on its trees."""
