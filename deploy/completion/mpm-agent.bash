# SPDX-License-Identifier: Apache-2.0
#
# Completion of mpm-agent's command line in bash: the options of the agent, or those of the hand
# where --hand stands on the line, and what their values can be.

# The options that the words so far leave.
_mpm_agent_options() {
  case " $* " in
    *' --hand '*)
      echo --hand --socket --group --state --service --service-user --idle --version --help -h ;;
    *)
      echo --config --check --socket --group --listen --tokens --certificate --key --client-ca \
        --metrics --history --state --interval --sweep --sweep-share --keep --keep-rollups \
        --history-size --service --ephemeral --hand --version --help -h ;;
  esac
}

# What an option's value can be: "files", "folders", "groups", "users", or "any" for what nobody can
# list.
_mpm_agent_value_of() {
  case $1 in
    --config | --socket | --tokens | --certificate | --key | --client-ca | --history | --service)
      echo files ;;
    --state) echo folders ;;
    --group) echo groups ;;
    --service-user) echo users ;;
    --listen | --metrics | --interval | --sweep | --sweep-share | --keep | --keep-rollups | \
      --history-size | --idle)
      echo any ;;
  esac
}

_mpm_agent() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  # --state=/var comes as three words: bash breaks them at the sign.
  [[ $current == '=' ]] && current=
  [[ $previous == '=' && COMP_CWORD -gt 1 ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
  [[ ${COMP_WORDS[COMP_CWORD]} != '=' ]] || previous=${COMP_WORDS[COMP_CWORD - 1]}
  case $(_mpm_agent_value_of "$previous") in
    files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current") ;;
    folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$current") ;;
    groups) mapfile -t COMPREPLY < <(compgen -g -- "$current") ;;
    users) mapfile -t COMPREPLY < <(compgen -u -- "$current") ;;
    any) ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$(_mpm_agent_options "${COMP_WORDS[@]}")" -- "$current") ;;
  esac
}

complete -F _mpm_agent mpm-agent
