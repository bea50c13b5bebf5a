"""Voice notes: which are listened to, what they are, who puts them into words, and what those words may do."""
