"""What a note must keep to, found without a build."""
