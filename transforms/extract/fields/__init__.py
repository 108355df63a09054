"""Fields that every format has: dates, bylines, languages, out of the words that state them."""
