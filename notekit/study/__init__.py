"""What readers take away from the site."""
