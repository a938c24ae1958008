"""The client side: JavaScript that decodes and draws in the browser, its bundling, and the packing of data for it."""
