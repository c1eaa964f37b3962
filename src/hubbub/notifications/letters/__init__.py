"""Letters by e-mail about what somebody missed: to an address that was shown to be theirs, at most one in an hour."""
