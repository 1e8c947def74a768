"""Other engines that compare expressions, for development only: each in a process of its own, over a pipe."""
