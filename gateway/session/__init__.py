"""Who is asking: sessions and tokens, the visitor they make, and the proofs that a form is ours."""
