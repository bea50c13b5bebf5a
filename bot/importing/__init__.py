"""A broker's file becomes trades: bytes, a table, rows, fills matched to trades, and what of it is known already.

Pure, and run in a process of its own (child.py): what a stranger's file costs in time and memory is that process's.
"""
