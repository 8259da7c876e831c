"""What a viewer may mean by what is typed: the other keyboard layout, genres by word, people by ear. Pure."""
