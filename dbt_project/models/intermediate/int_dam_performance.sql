{{ parent_performance('dam') }}
