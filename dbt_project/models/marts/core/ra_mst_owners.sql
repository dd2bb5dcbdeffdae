{{ person_table('owner') }}
