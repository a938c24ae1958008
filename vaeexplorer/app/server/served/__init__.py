"""What a browser is served of trainings on this server, and of images of one's own for a training in the browser."""
