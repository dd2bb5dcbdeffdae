{{ person_performance('owner') }}
