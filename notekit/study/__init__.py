"""What readers do with the notes beside reading: run their code, solve exercises."""
