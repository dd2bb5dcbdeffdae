"""Every column of the racing tables, how full it is, and how a terminal shows that."""
