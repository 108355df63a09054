"""Step FindEvents: finds mentions of events in articles, with a lexicon and a dependency parse."""
