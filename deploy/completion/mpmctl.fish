# SPDX-License-Identifier: Apache-2.0
#
# Completion of mpmctl's command line in fish: commands, options, the words that options and
# arguments can be, directives, and the numbers of changes, which mpmctl itself is asked for.

set -g __mpmctl_commands targets status doctor recommend top simulate history config apply undo changes \
    show demo lab help
set -g __mpmctl_topics mpms workers saturation memory scoreboard restart advice changes rights \
    exit-status
set -g __mpmctl_config_commands show get set unset mpm check explain diff
set -g __mpmctl_with_value --agent --hand --color --timeout --state --for --unset --mpm --allow --watch \
    --limit --rate --connections --html --root --file --server-root -D --env --envvars \
    --httpd-version --policy --rounds --every --set --from --to --step --count
set -g __mpmctl_mpms prefork worker event winnt
set -g __mpmctl_directives StartServers MinSpareServers MaxSpareServers MinSpareThreads \
    MaxSpareThreads ThreadLimit ThreadsPerChild ServerLimit MaxRequestWorkers \
    MaxConnectionsPerChild AsyncRequestWorkerFactor ListenBacklog ListenCoresBucketsRatio \
    ThreadStackSize MaxMemFree GracefulShutdownTimeout ScoreBoardFile ExtendedStatus KeepAlive \
    KeepAliveTimeout MaxKeepAliveRequests Timeout

# The command that the words so far name, as "config set"; nothing when there is none yet.
function __mpmctl_command
    set -l named
    set -l skip 0
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
        else if string match -q -- '-*' $word
            contains -- $word $__mpmctl_with_value; and set skip 1
        else if test (count $named) = 0; or test "$named" = config
            set named $named $word
        end
    end
    echo "$named"
end

function __mpmctl_is
    contains -- (__mpmctl_command) $argv
end

function __mpmctl_change_ids
    set -l words (commandline -opc)
    $words[1] changes 2>/dev/null | string match -rg '^ *([0-9]+) '
end

complete -c mpmctl -f

complete -c mpmctl -l agent -rF -d "The agent's Unix socket"
complete -c mpmctl -l hand -rF -d 'The socket of the hand'
complete -c mpmctl -l no-daemon -d 'Always use an agent of its own'
complete -c mpmctl -l json -d "Print the agent's message itself"
complete -c mpmctl -l color -xa 'auto always never' -d Colours
complete -c mpmctl -l timeout -x -d 'How long to wait for an answer'
complete -c mpmctl -l state -xa '(__fish_complete_directories)' -d 'Where changes are kept'
complete -c mpmctl -l verbose -d 'Say which agent is used and why'
complete -c mpmctl -l version -d 'Print the version'
complete -c mpmctl -s h -l help -d 'Print help'

complete -c mpmctl -n '__mpmctl_is ""' -a "$__mpmctl_commands"
complete -c mpmctl -n '__mpmctl_is config' -a "$__mpmctl_config_commands"

set -l trees 'config show' 'config get' 'config set' 'config unset' 'config mpm' 'config check'
set -l tree "__mpmctl_is '"(string join "' '" $trees)"'"
complete -c mpmctl -n $tree -l root -xa '(__fish_complete_directories)' -d 'Read it below this folder'
complete -c mpmctl -n $tree -l file -rF -d 'Its first file'
complete -c mpmctl -n $tree -l server-root -xa '(__fish_complete_directories)' -d "httpd's -d"
complete -c mpmctl -n $tree -s D -x -d "httpd's -D"
complete -c mpmctl -n $tree -l env -x -d 'A variable that the server would have'
complete -c mpmctl -n $tree -l envvars -rF -d 'A script that sets them'
complete -c mpmctl -n $tree -l httpd-version -x -d 'For <IfVersion>'

set -l writes "__mpmctl_is 'config set' 'config unset' 'config mpm'"
complete -c mpmctl -n $writes -l write -d 'Write it'

set -l watches '__mpmctl_is recommend apply demo lab'
complete -c mpmctl -n $watches -l for -x -d 'How long to watch'
complete -c mpmctl -n '__mpmctl_is recommend' -l explain -d 'Print rule, claim and evidence'

complete -c mpmctl -n '__mpmctl_is top' -l every -x -d 'From one round to the next'
complete -c mpmctl -n '__mpmctl_is top' -l batch -d 'Print text, and no screen'
complete -c mpmctl -n '__mpmctl_is top' -l count -x -d 'End after so many rounds'
complete -c mpmctl -n '__mpmctl_is help' -a "$__mpmctl_topics $__mpmctl_commands"

complete -c mpmctl -n '__mpmctl_is simulate' -l set -xa "$__mpmctl_directives=" -d 'What it shall be'
complete -c mpmctl -n '__mpmctl_is simulate' -l from -x -d 'The load of so long ago'
complete -c mpmctl -n '__mpmctl_is history' -l from -x -d 'From then on'
complete -c mpmctl -n '__mpmctl_is history' -l to -x -d 'Until then'
complete -c mpmctl -n '__mpmctl_is history' -l step -x -d 'Step by step'
complete -c mpmctl -n '__mpmctl_is history' -l csv -d 'Every field of every step'
complete -c mpmctl -n '__mpmctl_is apply' -l unset -xa "$__mpmctl_directives" -d 'Take it away'
complete -c mpmctl -n '__mpmctl_is apply' -l auto -d 'Round after round, within the policy'
complete -c mpmctl -n '__mpmctl_is apply' -l policy -rF -d 'What --auto may do'
complete -c mpmctl -n '__mpmctl_is apply' -l rounds -x -d 'End after so many'
complete -c mpmctl -n '__mpmctl_is apply' -l every -x -d 'From one round to the next'
complete -c mpmctl -n '__mpmctl_is apply demo' -l mpm -xa "$__mpmctl_mpms" -d 'The MPM'
set -l loads '__mpmctl_is apply undo'
complete -c mpmctl -n $loads -l yes -d 'Do not ask'
complete -c mpmctl -n $loads -l allow -xa 'graceful restart stop-start' -d 'The hardest way of loading'
complete -c mpmctl -n $loads -l watch -x -d 'Watch it so long at most'
complete -c mpmctl -n '__mpmctl_is changes' -l limit -x -d 'At most so many'

complete -c mpmctl -n '__mpmctl_is lab' -l rate -x -d 'Requests a second'
complete -c mpmctl -n '__mpmctl_is lab' -l connections -x -d 'Connections that are kept'
complete -c mpmctl -n '__mpmctl_is lab simulate' -l html -rF -d 'Write the result as a page as well'

set -l named "__mpmctl_is 'config get' 'config unset' 'config explain'"
complete -c mpmctl -n $named -a "$__mpmctl_directives"
complete -c mpmctl -n "__mpmctl_is 'config set' apply" -a (string join ' ' $__mpmctl_directives=)
complete -c mpmctl -n "__mpmctl_is 'config mpm'" -a "$__mpmctl_mpms"
complete -c mpmctl -n "__mpmctl_is 'config diff'" -F
complete -c mpmctl -n '__mpmctl_is undo show' -a '(__mpmctl_change_ids)'
