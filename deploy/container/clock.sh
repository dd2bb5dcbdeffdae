#!/bin/sh
# Runs `studbook daily` and `studbook weekly` at their minutes, by the clock of TZ, until it is told
# to end; a run under way is told so, too, and ends where the next one goes on.
set -u

running=
end() {
    if [ -n "$running" ]; then
        kill -TERM "$running" 2>/dev/null
        wait "$running"
    fi
    exit 0
}
trap end TERM INT

# A wait is cut short by a signal, a command in the foreground is not.
do_now() {
    "$@" &
    running=$!
    wait "$running" || echo "\`$*\` ended with $?." >&2
    running=
}

while :; do
    case $(date +%u-%H:%M) in
    1-03:00) do_now studbook weekly ;;
    ?-08:00 | ?-22:30) do_now studbook daily ;;
    esac
    second=$(date +%S)
    do_now sleep "$((60 - ${second#0}))"
done
