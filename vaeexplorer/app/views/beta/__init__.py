"""Turn β: one slider over VAEs that differ in beta alone."""
