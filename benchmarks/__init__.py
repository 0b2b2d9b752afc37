"""What is measured, and against what; one module per note that has something to."""
