{{ person_table('jockey') }}
