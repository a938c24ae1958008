"""What lies behind the dots of a plane, packed for the browser: fields and maps."""
