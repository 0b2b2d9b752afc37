"""From the catalogue to the pages that MkDocs reads, and its extensions."""
