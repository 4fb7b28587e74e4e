"""Parts of programs as C, compiled when they are first needed."""
