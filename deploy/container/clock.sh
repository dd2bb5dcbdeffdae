#!/bin/sh
# Runs `studbook daily` and `studbook weekly` at their minutes, by the clock of TZ, until it is told
# to end; a run under way is told so, too, and ends where the next one goes on. One that could not
# begin at its minute, for the container was down or another one went on, begins later.
set -u

started=build/clock
mkdir -p "$started"

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

# Whether a kind of run should have begun at one of these times and has not begun since; then it is
# noted that it does. Where none has ever begun, none is made up for: the first load is its owner's.
is_due() {
    kind=$1
    shift
    now=$(date +%s)
    [ -s "$started/$kind" ] || echo "$now" >"$started/$kind"
    for moment; do
        at=$(date --date "$moment" +%s)
        if [ "$at" -le "$now" ] && [ "$at" -gt "$(cat "$started/$kind")" ]; then
            echo "$now" >"$started/$kind"
            return 0
        fi
    done
    return 1
}

while :; do
    is_due weekly "03:00 $(($(date +%u) - 1)) days ago" && do_now studbook weekly
    is_due daily '22:30 yesterday' 08:00 22:30 && do_now studbook daily
    second=$(date +%S)
    do_now sleep "$((60 - ${second#0}))"
done
