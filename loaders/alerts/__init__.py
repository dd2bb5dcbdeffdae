"""What is wrong with a warehouse, told by Apprise when it begins and when it ends."""
