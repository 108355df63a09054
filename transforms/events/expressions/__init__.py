"""Expressions found without a parse: time expressions, casualty numbers, datelines."""
