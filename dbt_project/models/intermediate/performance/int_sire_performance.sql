{{ parent_performance('sire') }}
