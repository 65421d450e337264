# Writes the words that zsh offers after each line: one word per line, then `: NUMBER` of the line.
# The first argument is the script under test, the others are the lines.
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "PS1='' RPS1=''; autoload -Uz compinit; compinit -u -D; source $1"
# Calls with these options only sort or test words, and offer nothing.
zpty -w z 'compadd() { if [[ ${@[1,(i)(-|--)]} != *-[OAD]* ]]; then local -a hits; builtin compadd -O hits "$@"; print -lr -- $hits >> $CAPTURED; fi; builtin compadd "$@" }'
zpty -w z 'next() { print -r -- ": $LINES_DONE" >> $CAPTURED; (( LINES_DONE++ )); BUFFER="" }; LINES_DONE=0; zle -N next; bindkey "^]" next; LISTMAX=100000; print ready'
zpty -r -m z output '*ready*ready*'
for line in "${@[2,-1]}"; do
  zpty -w -n z "$line"$'\t\x1d'
done
zpty -w z exit
while zpty -r z output; do :; done
