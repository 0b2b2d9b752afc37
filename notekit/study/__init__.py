"""What readers take away: code that runs in the page, notebooks, cards, the site itself."""
