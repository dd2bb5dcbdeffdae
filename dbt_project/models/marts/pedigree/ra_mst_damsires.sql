{{ parent_table('damsire') }}
