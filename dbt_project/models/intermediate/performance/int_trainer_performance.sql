{{ person_performance('trainer') }}
