"""The trader's rules: from plain English to checks, the list of them, and what following each is worth."""
