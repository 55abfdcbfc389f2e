"""The protocols that are spoken, each in a file. All are spoken at the same port."""
