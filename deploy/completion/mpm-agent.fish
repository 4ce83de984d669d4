# SPDX-License-Identifier: Apache-2.0
#
# Completion of mpm-agent's command line in fish: the options of the agent, or those of the hand
# where --hand stands on the line, and what their values can be.

function __mpm_agent_is_hand
    contains -- --hand (commandline -opc)
end

complete -c mpm-agent -f

complete -c mpm-agent -l hand -d 'Make proposed changes for the members of a group'
complete -c mpm-agent -l socket -rF -d 'Unix socket to listen on'
complete -c mpm-agent -l group -xa '(__fish_complete_groups)' -d 'Group whose members may ask'
complete -c mpm-agent -l state -xa '(__fish_complete_directories)' -d 'Where changes are kept'
complete -c mpm-agent -l service -rF -d 'Socket of the agent that runs as a service'
complete -c mpm-agent -l version -d 'Print the version'
complete -c mpm-agent -s h -l help -d 'Print help'

set -l agent 'not __mpm_agent_is_hand'
complete -c mpm-agent -n $agent -l config -rF -d 'A file with these options'
complete -c mpm-agent -n $agent -l check -d 'Say all that is wrong with that file'
complete -c mpm-agent -n $agent -l listen -x -d 'Answer the API at this address and port too'
complete -c mpm-agent -n $agent -l tokens -rF -d 'What each who asks there may'
complete -c mpm-agent -n $agent -l certificate -rF -d 'Speak TLS there'
complete -c mpm-agent -n $agent -l key -rF -d 'Of that certificate'
complete -c mpm-agent -n $agent -l client-ca -rF -d 'Let in only its clients'
complete -c mpm-agent -n $agent -l metrics -x -d 'Answer Prometheus at this address and port'
complete -c mpm-agent -n $agent -l history -rF -d 'Database of samples'
complete -c mpm-agent -n $agent -l interval -x -d 'Milliseconds between two looks'
complete -c mpm-agent -n $agent -l sweep -x -d 'Milliseconds between two readings of the memory'
complete -c mpm-agent -n $agent -l sweep-share -x -d 'Percent of a core that they may take'
complete -c mpm-agent -n $agent -l keep -x -d 'Hours that single samples are kept'
complete -c mpm-agent -n $agent -l keep-rollups -x -d 'Days that minutes and hours are kept'
complete -c mpm-agent -n $agent -l history-size -x -d 'MiB that the database may hold'
complete -c mpm-agent -n $agent -l ephemeral -d 'Serve one command'

set -l hand __mpm_agent_is_hand
complete -c mpm-agent -n $hand -l service-user -xa '(__fish_complete_users)' -d 'Whom that agent runs as'
complete -c mpm-agent -n $hand -l idle -x -d 'Seconds without a question, after which it ends'
