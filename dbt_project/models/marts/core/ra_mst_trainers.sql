{{ person_table('trainer') }}
