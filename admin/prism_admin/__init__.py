"""The admin of Prism: what the proxy serves, for people."""
