"""What a person is shown, built from the hashed bytes: pure, standard library only, hostile text assumed."""
