"""From the pages to the finished site: built, finished, put in place, served."""
