# bash completion for reckon. Put this into ~/.bashrc:
#   source <(reckon completions bash)
_reckon() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} commands model= i
  commands=" $(reckon complete commands | tr '\n' ' ')"
  COMPREPLY=()
  # The first word that is neither an option, nor its value, nor a subcommand.
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      --batch | --set | --convention | --format | --width | --depth | \
        --optimizer | --precision | --policy | --inplace | --update | --freeze | --accumulate | \
        --arena | --order | --checkpoint | --device | --budget | --max | --port | --host | --folder | --timeout | --activation | \
        --initialisation | --units | --samples | --seeds | --constant | --fused | --overlap | --out | --name | --runs | --patience | \
        --plot | --rate | --macs | --outputs | --params | --batches | --folds | --node | --memory | --sram | --idle-w | --area-mm2 | --power-w) ((++i)) ;;
      -* | =) ;;
      *)
        if [[ $commands != *" ${COMP_WORDS[i]} "* ]]; then
          model=${COMP_WORDS[i]}
          break
        fi
        ;;
    esac
  done
  case $before in
    --format) COMPREPLY=($(compgen -W "text json csv markdown" -- "$word")) ;;
    --convention) COMPREPLY=($(compgen -W "$(reckon complete conventions)" -- "$word")) ;;
    --set)
      compopt -o nospace
      COMPREPLY=($(compgen -S = -W "$(reckon complete dims "$model" 2>/dev/null)" -- "$word"))
      ;;
    --device)
      COMPREPLY=($(compgen -W "$(reckon complete devices)" -- "$word") $(compgen -f -X '!*.json' -- "$word"))
      ;;
    --optimizer) COMPREPLY=($(compgen -W "$(reckon complete optimizers)" -- "$word")) ;;
    --activation) COMPREPLY=($(compgen -W "$(reckon complete activations)" -- "$word")) ;;
    --initialisation)
      COMPREPLY=($(compgen -W "$(reckon complete initialisations)" -- "$word"))
      ;;
    --constant)
      compopt -o nospace
      COMPREPLY=($(compgen -S = -W "$(reckon complete constants)" -- "$word"))
      ;;
    --precision) COMPREPLY=($(compgen -W "$(reckon complete precisions)" -- "$word")) ;;
    --policy) COMPREPLY=($(compgen -W "pytorch textbook" -- "$word")) ;;
    --inplace | --fused | --overlap) COMPREPLY=($(compgen -W "on off" -- "$word")) ;;
    --node) COMPREPLY=($(compgen -W "45nm 7nm" -- "$word")) ;;
    --memory) COMPREPLY=($(compgen -W "ddr hbm2 gddr6 sram" -- "$word")) ;;
    --sram) COMPREPLY=($(compgen -W "8kb 32kb 1mb" -- "$word")) ;;
    --update) COMPREPLY=($(compgen -W "single foreach fused" -- "$word")) ;;
    --arena) COMPREPLY=($(compgen -W "greedy best optimal" -- "$word")) ;;
    --order) COMPREPLY=($(compgen -W "given best" -- "$word")) ;;
    --checkpoint)
      COMPREPLY=($(compgen -W "none every: sqrt module optimal budget=" -- "$word"))
      ;;
    --max)
      COMPREPLY=($(compgen -W "batch $(reckon complete dims "$model" 2>/dev/null)" -- "$word"))
      ;;
    --freeze)
      COMPREPLY=($(compgen -W "$(reckon complete layers "$model" 2>/dev/null)" -- "$word"))
      ;;
    --out | --plot) COMPREPLY=($(compgen -f -- "$word")) ;;
    --idle-w | --area-mm2 | --power-w) ;;
    --name | --runs | --patience | --rate | --macs | --outputs | --params | --batches | --folds | --batch | --width | --depth | --accumulate | --budget | --units | --samples | --seeds) ;;
    completions) COMPREPLY=($(compgen -W "bash zsh fish" -- "$word")) ;;
    show) COMPREPLY=($(compgen -W "$(reckon complete "${COMP_WORDS[1]}")" -- "$word")) ;;
    networks) COMPREPLY=($(compgen -W "show" -- "$word")) ;;
    devices) COMPREPLY=($(compgen -W "show calibrate fit" -- "$word")) ;;
    *)
      if [[ $word == -* ]]; then
        COMPREPLY=($(compgen -W "$(reckon complete options "${COMP_WORDS[1]}")" -- "$word"))
      elif [[ ${COMP_WORDS[1]} == explain && -n $model ]]; then
        COMPREPLY=($(compgen -W "$(reckon complete layers "$model" 2>/dev/null)" -- "$word"))
      else
        COMPREPLY=($(compgen -W "$(reckon complete networks)" -- "$word") $(compgen -f -- "$word"))
        if ((COMP_CWORD == 1)); then COMPREPLY+=($(compgen -W "$commands" -- "$word")); fi
      fi
      ;;
  esac
}
complete -o filenames -F _reckon reckon
