"""A trader's journal as a file: /export."""
