"""What readers take away: notebooks and cards, made from the catalogue."""
