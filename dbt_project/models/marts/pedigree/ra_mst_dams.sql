{{ parent_table('dam') }}
