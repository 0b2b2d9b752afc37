"""Runs the notes under pytest, and writes down what passed."""
