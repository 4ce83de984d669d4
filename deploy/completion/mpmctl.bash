# SPDX-License-Identifier: Apache-2.0
#
# Completion of mpmctl's command line in bash: commands, options, the words that options and
# arguments can be, directives, and the numbers of changes, which mpmctl itself is asked for.

_mpmctl_commands='targets status doctor recommend top simulate history config apply undo changes show demo lab help'
_mpmctl_topics='mpms workers saturation memory scoreboard restart advice changes rights exit-status'
_mpmctl_config_commands='show get set unset mpm check explain diff'
_mpmctl_globals='--agent --hand --no-daemon --json --color --timeout --state --verbose --version --help -h'
_mpmctl_tree='--root --file --server-root -D --env --envvars --httpd-version'
_mpmctl_mpms='prefork worker event winnt'
_mpmctl_directives='StartServers MinSpareServers MaxSpareServers MinSpareThreads MaxSpareThreads
  ThreadLimit ThreadsPerChild ServerLimit MaxRequestWorkers MaxConnectionsPerChild
  AsyncRequestWorkerFactor ListenBacklog ListenCoresBucketsRatio ThreadStackSize MaxMemFree
  GracefulShutdownTimeout ScoreBoardFile ExtendedStatus KeepAlive KeepAliveTimeout
  MaxKeepAliveRequests Timeout'

# The options of a command beside those that go with every one.
_mpmctl_options_of() {
  case $1 in
    recommend) echo --for --explain ;;
    top) echo --every --batch --count ;;
    simulate) echo --set --from --html ;;
    history) echo --from --to --step --csv ;;
    'config show' | 'config get' | 'config check') echo "$_mpmctl_tree" ;;
    'config set' | 'config unset' | 'config mpm') echo --write "$_mpmctl_tree" ;;
    apply) echo --unset --mpm --for --yes --allow --watch --auto --policy --rounds --every ;;
    undo) echo --yes --allow --watch ;;
    changes) echo --limit ;;
    demo) echo --mpm --for ;;
    lab) echo --for --rate --connections --html ;;
  esac
}

# What an option's value can be: words, "files", "folders", or "any" for what nobody can list.
_mpmctl_value_of() {
  case $1 in
    --color) echo auto always never ;;
    --mpm) echo "$_mpmctl_mpms" ;;
    --allow) echo graceful restart stop-start ;;
    --unset) echo "$_mpmctl_directives" ;;
    --set) printf '%s=\n' $_mpmctl_directives ;;
    --agent | --hand | --file | --envvars | --html | --policy) echo files ;;
    --state | --root | --server-root) echo folders ;;
    --timeout | --for | --watch | --limit | --count | --rate | --connections | -D | --env | --httpd-version | \
      --rounds | --every | --from | --to | --step)
      echo any ;;
  esac
}

_mpmctl_change_ids() {
  "$1" changes 2>/dev/null | awk '$1 ~ /^[0-9]+$/ { print $1 }'
}

# What the arguments of a command can be.
_mpmctl_words_of() {
  case $2 in
    '') echo "$_mpmctl_commands" ;;
    config) echo "$_mpmctl_config_commands" ;;
    'config get' | 'config unset' | 'config explain') echo "$_mpmctl_directives" ;;
    'config set' | apply | simulate) printf '%s=\n' $_mpmctl_directives ;;
    'config mpm') echo "$_mpmctl_mpms" ;;
    'config diff') echo files ;;
    help) echo "$_mpmctl_topics $_mpmctl_commands" ;;
    undo | show) _mpmctl_change_ids "$1" ;;
  esac
}

_mpmctl_reply() {
  case $1 in
    any) ;;
    files) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
    folders) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2") ;;
  esac
}

_mpmctl() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command='' word i value
  COMPREPLY=()
  # --color=al comes as three words: bash breaks them at the sign.
  [[ $current == '=' ]] && current=
  [[ $previous == '=' && COMP_CWORD -gt 1 ]] && previous=${COMP_WORDS[COMP_CWORD - 2]}
  [[ ${COMP_WORDS[COMP_CWORD]} != '=' ]] || previous=${COMP_WORDS[COMP_CWORD - 1]}
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == -* ]]; then
      [[ -z $(_mpmctl_value_of "$word") ]] && continue
      [[ ${COMP_WORDS[i + 1]} == '=' ]] && ((i++))
      ((i++))
    elif [[ -z $command || $command == config ]]; then
      command="${command:+$command }$word"
    fi
  done
  value=$(_mpmctl_value_of "$previous")
  if [[ -n $value ]]; then
    _mpmctl_reply "$value" "$current"
  elif [[ $current == -* ]]; then
    _mpmctl_reply "$(_mpmctl_options_of "$command") $_mpmctl_globals" "$current"
  else
    _mpmctl_reply "$(_mpmctl_words_of "${COMP_WORDS[0]}" "$command")" "$current"
    [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace 2>/dev/null
  fi
}

complete -F _mpmctl mpmctl
