"""The optional encoder: a vector for each word in its sentence, from the weights of mpnet."""
