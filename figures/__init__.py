"""One module per note; each draws that note's figures from the tested snippets."""
