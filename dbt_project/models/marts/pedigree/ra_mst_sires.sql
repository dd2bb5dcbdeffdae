{{ parent_table('sire') }}
