"""The ways on which a message can go, one file each."""
