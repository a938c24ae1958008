"""What the server does besides pages: bytes at hashed addresses, decoding of models of one's own, start and stop."""
