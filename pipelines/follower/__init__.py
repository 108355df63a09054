"""What `newslake follow` is made of: the loop of polls and commits, and what is pending between them."""
