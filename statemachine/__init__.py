"""The conversation: pure, synchronous, no I/O; messages, replies and the error tree live here too."""
