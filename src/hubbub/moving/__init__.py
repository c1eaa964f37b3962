"""Takes a whole installation elsewhere: to another database, into a backup and back, or into files for whoever likes."""
