"""The recorder behind `castsite rec`: a terminal for a program, written down while it is used."""
