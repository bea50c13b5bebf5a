"""Side-by-side measurements. They are no tests: figures are ratios between contenders of the same run."""
