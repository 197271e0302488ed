"""Before-images and the record of every run, in the database that was changed."""
