#compdef reckon
# zsh completion for reckon. Put this into ~/.zshrc after compinit:
#   source <(reckon completions zsh)
_reckon() {
  local model= skip= word
  local -a commands
  commands=(${(f)"$(reckon complete commands)"})
  for word in ${words[2,CURRENT-1]}; do
    if [[ -n $skip ]]; then
      skip=
    elif [[ $word == (--batch|--set|--convention|--format|--width|--depth|--optimizer|--precision|--policy|--inplace|--update|--freeze|--accumulate|--arena|--order|--checkpoint|--device|--budget|--max|--activation|--initialisation|--units|--samples|--seeds|--constant|--port|--host|--folder|--timeout|--fused|--overlap|--out|--name|--runs|--patience|--plot|--rate|--macs|--outputs|--params|--batches|--folds|--node|--memory|--sram|--idle-w|--area-mm2|--power-w) ]]; then
      skip=yes
    elif [[ $word != -* ]] && (( ! ${commands[(Ie)$word]} )); then
      model=$word
      break
    fi
  done
  case ${words[CURRENT-1]} in
    --format) compadd text json csv markdown ;;
    --convention) compadd -- ${(f)"$(reckon complete conventions)"} ;;
    --set) compadd -S = -- ${(f)"$(reckon complete dims "$model" 2>/dev/null)"} ;;
    --device)
      compadd -- ${(f)"$(reckon complete devices)"}
      _files -g '*.json'
      ;;
    --optimizer) compadd -- ${(f)"$(reckon complete optimizers)"} ;;
    --activation) compadd -- ${(f)"$(reckon complete activations)"} ;;
    --initialisation) compadd -- ${(f)"$(reckon complete initialisations)"} ;;
    --constant) compadd -S = -- ${(f)"$(reckon complete constants)"} ;;
    --precision) compadd -- ${(f)"$(reckon complete precisions)"} ;;
    --policy) compadd pytorch textbook ;;
    --inplace|--fused|--overlap) compadd on off ;;
    --node) compadd 45nm 7nm ;;
    --memory) compadd ddr hbm2 gddr6 sram ;;
    --sram) compadd 8kb 32kb 1mb ;;
    --update) compadd single foreach fused ;;
    --arena) compadd greedy best optimal ;;
    --order) compadd given best ;;
    --checkpoint) compadd none every: sqrt module optimal budget= ;;
    --max) compadd -- batch ${(f)"$(reckon complete dims "$model" 2>/dev/null)"} ;;
    --freeze) compadd -- ${(f)"$(reckon complete layers "$model" 2>/dev/null)"} ;;
    --out|--plot) _files ;;
    --idle-w|--area-mm2|--power-w) ;;
    --name|--runs|--patience|--rate|--macs|--outputs|--params|--batches|--folds|--batch|--width|--depth|--accumulate|--budget|--units|--samples|--seeds) ;;
    completions) compadd bash zsh fish ;;
    show) compadd -- ${(f)"$(reckon complete "${words[2]}")"} ;;
    networks) compadd show ;;
    devices) compadd show calibrate fit ;;
    *)
      if [[ ${words[CURRENT]} == -* ]]; then
        compadd -- ${(f)"$(reckon complete options "${words[2]}")"}
      elif [[ ${words[2]} == explain && -n $model ]]; then
        compadd -- ${(f)"$(reckon complete layers "$model" 2>/dev/null)"}
      else
        compadd -- ${(f)"$(reckon complete networks)"}
        (( CURRENT == 2 )) && compadd -- $commands
        _files
      fi
      ;;
  esac
}
compdef _reckon reckon
