"""The command line: parse, call one method, render, exit."""
