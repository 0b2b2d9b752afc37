"""What readers do with the notes beside reading: exercises with a judge."""
