#!/bin/sh
# One batch a night, named by it. It goes on where it stopped, and is tried again where that may help.
set -u
cd "${THREADMILL_HOME:-/srv/threadmill}" || exit 2
out=results/nightly-$(date -u +%F)
for pause in 60 300 900 3600 end; do
  threadmill run datasets/smoke.csv --out "$out" --progress none
  code=$?
  case $code in
    3 | 129 | 130 | 143) [ "$pause" = end ] || sleep "$pause" ;;
    *) exit "$code" ;;
  esac
done
exit "$code"
