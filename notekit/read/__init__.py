"""Reads the notes: files in, data classes out, what is wrong as file and line."""
