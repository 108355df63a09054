"""The parts of `newslake replay`: which rejects are open, where their bytes are, and what is ingested."""
