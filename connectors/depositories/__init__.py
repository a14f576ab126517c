"""The National Library (KB) beside the packages' receivers: the feed's place, and where receipts are read."""
