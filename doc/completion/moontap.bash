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

# The values of a key in what moontap prints as JSON, without JSON's escapes. A name with a control
# byte is left out.
_moontap_values()
{
	local key=$1 kept=$'\001'
	shift
	moontap "$@" 2>/dev/null | sed -n 's/^ *"'"$key"'": "\(.*\)",\{0,1\}$/\1/
		t value
		d
		: value
		s/\\\\/'"$kept"'/g
		/\\[a-z]/d
		s/\\//g
		s/'"$kept"'/\\/g
		p'
}

# Candidates for a word of one kind, a line each.
_moontap_candidates()
{
	local state=("${@:2}")
	case $1 in
	guest) _moontap_values domain status --json "${state[@]}" ;;
	run) _moontap_values domain log --json "${state[@]}" ;;
	nic) _moontap_values dev status --json "${state[@]}" ;;
	tap) ip -o link show type tun 2>/dev/null | sed 's/^[0-9]*: \([^:@]*\).*/\1/' ;;
	driver) printf '%s\n' qemu lxc ;;
	operation) printf '%s\n' $_moontap_operations ;;
	help) printf '%s\n' $_moontap_help ;;
	command) printf '%s\n' $_moontap_commands ;;
	file) compgen -f -- "$cur" ;;
	folder) compgen -d -- "$cur" ;;
	xml) compgen -f -X '!*.xml' -- "$cur"; compgen -d -- "$cur" ;;
	esac
}

# What is typed of a word, without its quotes.
_moontap_unquoted()
{
	case $1 in
	[\"\']*) printf '%s' "${1:1}" ;;
	*) printf '%s' "${1//\\/}" ;;
	esac
}

# _moontap_add KINDS WORD OPTIONS STATE...: what of these kinds begins like the word. What would be
# taken for an option is left out, but where OPTIONS is empty. bash quotes what needs it, as it does
# with the names of files.
_moontap_add()
{
	local kind line cur options=$3
	cur=$(_moontap_unquoted "$2")
	while IFS= read -r line; do
		[[ $line != "$cur"* || ( $options && $line == -* ) ]] || COMPREPLY+=("$line")
	done < <(for kind in $1; do _moontap_candidates "$kind" "${@:4}"; done | sort -u)
	compopt -o filenames 2>/dev/null
}

_moontap()
{
	local cur=${COMP_WORDS[COMP_CWORD]} command='' words=() state=() waits='' options=yes i word kinds
	COMPREPLY=()
	case ${COMP_WORDS[0]##*/} in qemu-* | moontap-bridge-helper) command=${COMP_WORDS[0]##*/} ;; esac
	for ((i = 1; i < COMP_CWORD; i++)); do
		word=${COMP_WORDS[i]}
		if [[ $word == '=' ]]; then
			continue
		elif [[ $waits ]]; then
			[[ $waits == --state ]] && state=(--state "$word")
			waits=''
		elif [[ $word == -- ]]; then
			options=''
		elif [[ $options && $word == -* && $word != - ]]; then
			[[ $(_moontap_option_argument "$word") ]] && waits=$word
		elif [[ ! $command ]]; then
			command=$word
		else
			words+=("$word")
		fi
	done
	[[ $cur == '=' ]] && cur=''
	if [[ $waits ]]; then
		_moontap_add "$(_moontap_option_argument "$waits")" "$cur" ''
	elif [[ $options && $cur == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_moontap_options "$command")" -- "$cur")
	elif [[ ! $command ]]; then
		_moontap_add command "$cur" "$options"
	else
		IFS=, read -ra kinds < <(_moontap_arguments "$command")
		i=${#words[@]}
		if ((i >= ${#kinds[@]} && ${#kinds[@]})) && [[ ${kinds[-1]} == *... ]]; then
			i=$((${#kinds[@]} - 1))
		fi
		_moontap_add "${kinds[i]%...}" "$cur" "$options" "${state[@]}"
	fi
}

complete -F _moontap moontap qemu-ifup qemu-ifdown moontap-bridge-helper
