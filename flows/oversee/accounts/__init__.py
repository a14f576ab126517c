"""The account register: what the policy asks for, what lacks, and the public list."""
