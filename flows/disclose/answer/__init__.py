"""What is handed out on a request: made of what is masked already, proven before it goes, and put on record."""
