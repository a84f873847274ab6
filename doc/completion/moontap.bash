# SPDX-License-Identifier: LGPL-2.1-or-later
# moontap(1) for bash(1)'s completion

{{commands}}
{{operations}}
{{help_words}}

# What an option's argument is; nothing for one that has none.
_moontap_option_argument()
{
{{option_arguments}}
}

# What the words after a subcommand are.
_moontap_arguments()
{
{{arguments}}
}

_moontap_options()
{
{{options}}
}

# The values of a key in what moontap prints as JSON, each once.
_moontap_values()
{
	local key=$1
	shift
	moontap "$@" 2>/dev/null | sed -n 's/^ *"'"$key"'": "\(.*\)",\{0,1\}$/\1/p' | sort -u
}

# Candidates for a word of one kind, a line each.
_moontap_candidates()
{
	local state=("${@:2}")
	case $1 in
	guest)
		_moontap_values domain status --json "${state[@]}"
		_moontap_values domain log --json "${state[@]}"
		;;
	nic) _moontap_values dev status --json "${state[@]}" ;;
	tap) ip -o link show type tun 2>/dev/null | sed 's/^[0-9]*: \([^:@]*\).*/\1/' ;;
	driver) printf '%s\n' qemu lxc ;;
	operation) printf '%s\n' $_moontap_operations ;;
	help) printf '%s\n' $_moontap_help ;;
	command) printf '%s\n' $_moontap_commands ;;
	esac
}

# _moontap_add KINDS WORD STATE...: what of these kinds begins like the word
_moontap_add()
{
	local kind line cur=$2
	for kind in $1; do
		case $kind in
		file) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$cur") ;;
		xml)
			mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY \
				< <(compgen -f -X '!*.xml' -- "$cur"; compgen -d -- "$cur")
			;;
		folder) mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$cur") ;;
		*)
			while IFS= read -r line; do
				[[ $line == "$cur"* ]] && COMPREPLY+=("$(printf %q "$line")")
			done < <(_moontap_candidates "$kind" "${@:3}" | sort -u)
			;;
		esac
	done
	case " $1 " in *\ file\ *|*\ xml\ *|*\ folder\ *) compopt -o filenames 2>/dev/null ;; esac
}

_moontap()
{
	local cur=${COMP_WORDS[COMP_CWORD]} command='' words=() state=() waits='' i word kinds
	COMPREPLY=()
	case ${COMP_WORDS[0]##*/} in qemu-*) command=${COMP_WORDS[0]##*/} ;; esac
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == '=' ]]; then
			continue
		elif [[ $waits ]]; then
			[[ $waits == --state ]] && state=(--state "$word")
			waits=''
		elif [[ $word == -* && $word != - ]]; then
			[[ $(_moontap_option_argument "$word") ]] && waits=$word
		elif [[ ! $command ]]; then
			command=$word
		else
			words+=("$word")
		fi
	done
	[[ $cur == '=' ]] && cur=''
	if [[ $waits ]]; then
		_moontap_add "$(_moontap_option_argument "$waits")" "$cur"
	elif [[ $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_moontap_options "$command")" -- "$cur")
	elif [[ ! $command ]]; then
		_moontap_add command "$cur"
	else
		IFS=, read -ra kinds < <(_moontap_arguments "$command")
		i=${#words[@]}
		if ((i >= ${#kinds[@]} && ${#kinds[@]})) && [[ ${kinds[-1]} == *... ]]; then
			i=$((${#kinds[@]} - 1))
		fi
		_moontap_add "${kinds[i]%...}" "$cur" "${state[@]}"
	fi
}

complete -F _moontap moontap qemu-ifup qemu-ifdown
