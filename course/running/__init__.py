"""Running the whole site with one command: a broker, the web server, two workers, and their supervisor."""
