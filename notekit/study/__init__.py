"""What readers do beside reading: run code, solve exercises, take it all away."""
