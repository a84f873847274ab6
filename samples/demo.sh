#!/bin/sh
# demo.sh - a sample guest's NIC from nothing to connected and back, in a namespace that is thrown
# away; `make demo` runs it. Each command is printed before it is run.
set -eu

moontap=${1:?usage: demo.sh path/to/moontap}
cd "$(dirname "$0")/unmanaged-bridge"
if [ "${MOONTAP_DEMO:-}" != inside ]; then
	export MOONTAP_DEMO=inside
	exec unshare --net sh ../demo.sh "$moontap"
fi

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

say()
{
	printf '\n# %s\n' "$*"
}

run()
{
	printf '$ %s\n' "$*"
	"$@"
}

links()
{
	ip -o link | cut -d: -f2
}

moontap()
{
	printf '$ moontap %s\n' "$*"
	"$moontap" --state "$folder/state" "$@"
}

say 'The host has a bridge.'
run cat host.sh
sh -e ./host.sh
before=$(links)

say "The guest's NIC wants a tap that is there before the guest starts."
run grep -A 4 '<interface' domain.xml

say 'The policy says what the host must look like while that NIC is connected.'
run cat policy.lua

say 'What would connecting it change?'
moontap plan -p policy.lua domain.xml

say 'Connect it.'
moontap up -p policy.lua domain.xml

say 'What the kernel now has:'
run ip link show dev mytap0

say 'What moontap knows of it:'
moontap status

say 'Take everything back. Nobody wrote an ifdown script.'
moontap down domain.xml

say 'Nothing is left:'
moontap status
run ip -br link
[ "$(links)" = "$before" ]
# what it did stays in its log, for `moontap log`
[ -z "$(find "$folder/state" -type f -not -path "*/log/*")" ]
