"""Pure graders: a key, an answer and what the books say give a Grade. No query, no Django."""
