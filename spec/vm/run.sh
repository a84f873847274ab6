#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# run.sh DIR COMMAND - run a command for sh on the kernel in DIR, in a VM that has this machine's
# root; print what it prints, exit as it does
#
# QEMU emulates the processor, so KVM is not needed. What the command writes is gone afterwards: its
# root is an overlay in the VM's memory, over this machine's, which is shared read-only.
set -eu

dir=$(cd "$1" && pwd)
limit=${VM_LIMIT:-2700}
run=$(mktemp -d /tmp/moontap-vm.XXXXXX)
shared=
trap '[ -z "$shared" ] || kill "$shared" 2>/dev/null || :; rm -rf "$run"' EXIT
trap 'exit 1' INT TERM

{
	printf 'cd "%s" || exit 1\n' "$PWD"
	printf '%s\n' "$2"
} >"$dir/job"
: >"$dir/status"

# Debian 12 has it in qemu-system-common, later releases in a package of its own.
for virtiofsd in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
	[ -x "$virtiofsd" ] && break
done
mkdir "$run/root"
# shellcheck disable=SC2016
unshare -m sh -c 'mount --rbind / "$1/root" && mount -o remount,bind,ro "$1/root" &&
	exec "$2" --socket-path="$1/socket" -o "source=$1/root" -o cache=always -o sandbox=chroot' \
	sh "$run" "$virtiofsd" >"$dir/virtiofsd.log" 2>&1 &
shared=$!
tries=0
until [ -S "$run/socket" ]; do
	tries=$((tries + 1))
	if [ $tries -gt 100 ] || ! kill -0 "$shared" 2>/dev/null; then
		cat "$dir/virtiofsd.log" >&2
		exit 1
	fi
	sleep 0.1
done

timeout "$limit" qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot \
	-machine pc,accel=tcg,memory-backend=memory -cpu qemu64 -smp 2 -m 1024 \
	-object memory-backend-memfd,id=memory,size=1024M,share=on \
	-chardev "socket,id=fs,path=$run/socket" \
	-device vhost-user-fs-pci,chardev=fs,tag=machine,queue-size=128 \
	-serial "file:$dir/console" -serial stdio -serial "file:$dir/status" \
	-kernel "$dir/vmlinuz" -initrd "$dir/initramfs" \
	-append "console=ttyS0 quiet panic=-1 kernel=$dir job=$dir/job" </dev/null || :

status=$(cat "$dir/status")
[ -n "$status" ] || { echo "the VM did not finish within $limit s; its console:" >&2
	tail -n 30 "$dir/console" >&2; exit 1; }
exit "$status"
