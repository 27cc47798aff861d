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
complete -c reckon -l device -r -a '(reckon complete devices)'
complete -c reckon -l optimizer -x -a '(reckon complete optimizers)'
complete -c reckon -l precision -x -a '(reckon complete precisions)'
complete -c reckon -l activation -x -a '(reckon complete activations)'
complete -c reckon -l initialisation -x -a '(reckon complete initialisations)'
complete -c reckon -l constant -x -a '(reckon complete constants)'
complete -c reckon -l units -x
complete -c reckon -l samples -x
complete -c reckon -l seeds -x
complete -c reckon -l measure
complete -c reckon -l policy -x -a 'pytorch textbook'
complete -c reckon -l inplace -x -a 'on off'
complete -c reckon -l fused -x -a 'on off'
complete -c reckon -n '__fish_seen_subcommand_from devices' -f -a 'show calibrate fit'
complete -c reckon -l out -r
complete -c reckon -l name -x
complete -c reckon -l runs -x
complete -c reckon -l plot -r
complete -c reckon -l rate -x
complete -c reckon -l macs -x
complete -c reckon -l outputs -x
complete -c reckon -l params -x
complete -c reckon -l batches -x
complete -c reckon -l folds -x
complete -c reckon -l layers
complete -c reckon -l kinds
complete -c reckon -l shapes
complete -c reckon -l patience -x
complete -c reckon -l overlap -x -a 'on off'
complete -c reckon -l node -x -a '45nm 7nm'
complete -c reckon -l memory -x -a 'ddr hbm2 gddr6 sram'
complete -c reckon -l sram -x -a '8kb 32kb 1mb'
complete -c reckon -l idle-w -x
complete -c reckon -l area-mm2 -x
complete -c reckon -l power-w -x
complete -c reckon -l update -x -a 'single foreach fused'
complete -c reckon -l arena -x -a 'greedy best optimal'
complete -c reckon -l order -x -a 'given best'
complete -c reckon -l checkpoint -x -a 'none every: sqrt module optimal budget='
complete -c reckon -l max -x -a 'batch (reckon complete dims (__reckon_model) 2>/dev/null)'
complete -c reckon -l freeze -x -a '(reckon complete layers (__reckon_model) 2>/dev/null)'
complete -c reckon -l accumulate -x
complete -c reckon -l budget -x
complete -c reckon -l port -x
complete -c reckon -l host -x
complete -c reckon -l folder -r -a '(__fish_complete_directories)'
complete -c reckon -l timeout -x
complete -c reckon -l open
complete -c reckon -l no-open
complete -c reckon -l train
complete -c reckon -l timeline
complete -c reckon -l smallest-device
complete -c reckon -l advise
complete -c reckon -l batch -x
complete -c reckon -l width -x
complete -c reckon -l depth -x
complete -c reckon -l all
complete -c reckon -l ascii
complete -c reckon -l no-color
complete -c reckon -l help
complete -c reckon -l version
