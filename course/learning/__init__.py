"""What helps a student to learn beside the marking: the lab of the broken loops."""
