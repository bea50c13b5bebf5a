"""Contracts, P&L, trading days and limits: pure, no I/O but the table of contracts read at import."""
