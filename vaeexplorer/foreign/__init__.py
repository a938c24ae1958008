"""Models of other libraries, as the two functions that everything here takes.

In come modules and folders; out come `encode` and `decode` on NumPy arrays, and a decoder that browsers can run where
it is made of layers that they know. May import browser.packing and what lies below it; torch, and pythae on request.
"""
