"""When to poll a feed: what is known of it, what its server asks for, whether it has gone silent."""
