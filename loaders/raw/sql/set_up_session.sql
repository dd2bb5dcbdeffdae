select
    set_config('application_name', %(name)s, false) as application_name,
    set_config('tcp_keepalives_idle', %(idle)s, false) as idle,
    set_config('tcp_keepalives_interval', %(interval)s, false) as keepalive_interval,
    set_config('tcp_keepalives_count', %(count)s, false) as keepalive_count
