"""What runs in the visitor's browser, the bundling of it into one script, and the packing of data for it.

The JavaScript is plain modules with JSDoc types; README.md beside this file says what each folder holds.
"""
