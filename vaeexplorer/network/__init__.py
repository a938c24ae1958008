"""Networks: their layers, what is minimised, training, and their figures.

In come images and a configuration; out come weights, codes, images and figures in nats. Everything of torch is here;
`architecture` and `history` are without it, so that a run can be listed, checked and packed before torch is loaded.
May import data, codes, config and files.
"""
