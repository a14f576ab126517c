"""Many simulated nights against every fake platform: at the end the archive equals the server's own history."""
