"""Turns a checkout into a running Chartroom: installer, bundled servers, supervisor."""
