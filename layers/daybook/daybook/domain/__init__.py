"""The rules, pure: records in, documents out. No input or output, no clock, no randomness."""
