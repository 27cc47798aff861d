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
    elif [[ $word == (--batch|--set|--convention|--format|--width|--depth) ]]; then
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
    --batch|--width|--depth) ;;
    completions) compadd bash zsh fish ;;
    show) compadd -- ${(f)"$(reckon complete networks)"} ;;
    networks) compadd show ;;
    *)
      if [[ ${words[CURRENT]} == -* ]]; then
        compadd -- ${(f)"$(reckon complete options)"}
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
