"""What runs in the visitor's browser, its bundling into one script, the packing of its data, and its part of the URL.

The JavaScript is plain modules with JSDoc types; README.md beside this file says what each folder holds.
"""
