{{ parent_performance('damsire') }}
