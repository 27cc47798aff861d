# fish completion for reckon:
#   reckon completions fish > ~/.config/fish/completions/reckon.fish
function __reckon_model
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and continue
        contains -- $word (reckon complete commands); and continue
        echo $word
        return
    end
end
complete -c reckon -n '__fish_is_first_token' -a '(reckon complete commands)'
complete -c reckon -n 'not __fish_seen_subcommand_from completions' -a '(reckon complete networks)'
complete -c reckon -n '__fish_seen_subcommand_from completions' -f -a 'bash zsh fish'
complete -c reckon -n '__fish_seen_subcommand_from explain' -a '(reckon complete layers (__reckon_model) 2>/dev/null)'
complete -c reckon -l format -x -a 'text json csv markdown'
complete -c reckon -l convention -x -a '(reckon complete conventions)'
complete -c reckon -l set -x -a '(reckon complete dims (__reckon_model) 2>/dev/null | string replace -r \'$\' =)'
complete -c reckon -l batch -x
complete -c reckon -l width -x
complete -c reckon -l depth -x
complete -c reckon -l all
complete -c reckon -l ascii
complete -c reckon -l no-color
complete -c reckon -l help
complete -c reckon -l version
