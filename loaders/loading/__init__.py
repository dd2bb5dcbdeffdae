"""One load: what is asked for, which days and horses that is, fetching in order, landing."""
