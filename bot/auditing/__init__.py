"""What the trader's rules say about a trade: computed where code can, judged by a model where it cannot."""
