"""A stand-in Racing API: a seeded world of racing, served over real HTTP on this machine."""
