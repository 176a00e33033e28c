"""The commands of the command line, one module a group: arguments in, library call, a few lines out."""
