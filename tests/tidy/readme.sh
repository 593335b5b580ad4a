#!/usr/bin/env bash
# Holds that every command in a ```sh block of README.md and CONTRIBUTING.md can be given: ./dev and assay subcommands
# that exist, files that are there, and the few programs that ./dev installs. Usage: readme.sh ASSAY [FILE...]
set -euo pipefail
assay=$1
shift
files=("$@")
[ ${#files[@]} -gt 0 ] || files=(README.md CONTRIBUTING.md)

# Subcommands are the words that the help prints indented by two spaces.
dev_commands=" $(./dev help | sed -nE 's/^  ([a-z]+) .*/\1/p' | tr '\n' ' ')"
assay_commands=" $("$assay" help | sed -nE 's/^  ([a-z]+)( .*)?$/\1/p' | tr '\n' ' ')"
programs=" cd cp curl jq git openssl sudo export "
status=0

complain() {
  printf '%s: %s: %s\n' "$1" "$2" "$3" >&2
  status=1
}

# Prints the commands of the ```sh blocks, a line each: continuations joined, comments and prompts dropped.
commands_of() {
  awk '/^```sh[ \t]*$/ { inside = 1; next } /^```/ { inside = 0 } inside' "$1" |
    sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' -e 's/^\$ //' | grep -vE '^[[:space:]]*(#|$)' || true
}

for file in "${files[@]}"; do
  count=0
  while read -r line; do
    count=$((count + 1))
    # Leading assignments (A=1 command) belong to the shell.
    while [[ $line =~ ^[A-Za-z_]+=[^[:space:]]*[[:space:]]+(.*)$ ]]; do line=${BASH_REMATCH[1]}; done
    read -r program argument _ <<<"$line"
    case "$program" in
      ./dev) [[ $dev_commands == *" ${argument:-} "* ]] || complain "$file" "$line" "./dev has no command '${argument:-}'" ;;
      assay | */assay)
        [[ $assay_commands == *" ${argument:-} "* ]] || complain "$file" "$line" "assay has no command '${argument:-}'"
        ;;
      [A-Za-z_]*=*) ;;
      *) [ -e "$program" ] || [[ $programs == *" $program "* ]] || complain "$file" "$line" "there is no such file or command" ;;
    esac
  done < <(commands_of "$file")
  [ "$count" -gt 0 ] || complain "$file" '-' 'no ```sh block was found'
done
exit "$status"
