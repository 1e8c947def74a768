"""What `make` runs: the virtual environment, the checks, the test suite."""
