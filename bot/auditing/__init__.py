"""What the trader's rules say about a trade: computed where plain code can, asked of a model where it cannot."""
