"""``make bench``: how fast the program is, as ratios against a floor or a peer of the same minute."""
