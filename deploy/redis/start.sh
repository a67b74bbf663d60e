#!/bin/sh
# Starts Redis for the service alone: one user, who may touch the service's own keys by the service's own commands and nothing
# else, and nothing on disk. Needs REDIS_PASSWORD, of letters and digits; reads its settings from standard input, so that the
# password is in no argument. Connect as redis://metrics:PASSWORD@HOST:6379/0.
set -eu
case "${REDIS_PASSWORD:?must be set}" in
  *[!0-9A-Za-z]*) echo 'REDIS_PASSWORD may hold letters and digits only: openssl rand -hex 24' >&2; exit 1 ;;
esac
exec redis-server - <<CONFIG
port ${LISTEN_PORT:-6379}
bind * -::*
protected-mode no
save ""
appendonly no
maxmemory 256mb
maxmemory-policy allkeys-lru
user default reset
user metrics on >$REDIS_PASSWORD ~pmp:* resetchannels -@all +get +getrange +set +del +pexpire +eval +select +quit
user health on nopass resetkeys resetchannels -@all +ping
CONFIG
