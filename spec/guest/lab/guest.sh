#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# guest.sh PIPE COMMAND - run COMMAND in the guest whose virtio serial line is PIPE.in and PIPE.out
set -eu

pipe=$1 command=$2
mark="-- $$.$(date +%s%N)"

# Opened both ways, a fifo neither blocks at open nor ends when its other side is away.
exec 3<>"$pipe.out"
printf '( %s\n) </dev/null 2>&1; echo "%s $?"\n' "$command" "$mark" >"$pipe.in"

# Before the first mark may be what was left by a command that nobody waited for.
while IFS= read -r line <&3; do
	case $line in
	"$mark "*) exit "${line##* }" ;;
	*"$mark "*) printf '%s' "${line%%"$mark"*}"; exit "${line##* }" ;;
	*) printf '%s\n' "$line" ;;
	esac
done
