"""The tool behind the notes: one catalogue, from it pages, checks, and the site."""
