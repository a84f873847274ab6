#!/bin/sh
# valgrind.sh - where the specs under valgrind expect the program: the program, watched
here=$(dirname "$0")
exec valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
  --errors-for-leak-kinds=definite \
  --child-silent-after-fork=no --log-file="$here/../logs/%p" "$here/../moontap" "$@"
