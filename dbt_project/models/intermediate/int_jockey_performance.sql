{{ person_performance('jockey') }}
