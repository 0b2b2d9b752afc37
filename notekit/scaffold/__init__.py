"""New notes and their templates."""
