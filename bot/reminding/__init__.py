"""What a trader is told unasked: what they wish, when it is due, what it says, and how it goes out once."""
