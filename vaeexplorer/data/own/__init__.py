"""One's own images: read as people have them, brought to 28 x 28 grey, and stored under a hash of their content.

`reading` takes a folder of pictures, arrays, a CSV or IDX files; `values` tells 0..1 from 0..255; `prepare` resizes,
inverts, leaves duplicates out and splits; `library` stores a set, and finds it again by its name, `own-` and the hash.
"""
