"""What is learnt from the reviews that are over: how long the next one will take, and what people decided before."""
