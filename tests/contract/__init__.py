"""One set of cases for every platform; a package, so that `telegram.py` beside it stands in nobody's way."""
