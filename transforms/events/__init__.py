"""What articles report: Article -> Mention, by a lexicon of acts and a parse of each sentence."""
