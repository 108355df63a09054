"""The fields of a mention that a parse decides: who, when, where, how many victims."""
