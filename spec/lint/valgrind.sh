#!/bin/sh
# valgrind.sh - where the specs under valgrind expect the program: the program, watched
here=$(dirname "$(readlink -f "$0")")
case ${0##*/} in
  qemu-if*) program=${0##*/} ;;
  *) program=moontap ;;
esac
exec valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
  --errors-for-leak-kinds=definite \
  --child-silent-after-fork=no --log-file="$here/../logs/%p" "$here/../$program" "$@"
