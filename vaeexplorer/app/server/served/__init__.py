"""What the pages ask of trainings on this server: how they stand, their bytes, and to do something."""
