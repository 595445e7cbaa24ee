"""What is known about a recording: its text, its commands, its chapters, its best picture, its activity."""
