"""Files become nouns; form is checked here, no medical opinion is held."""
