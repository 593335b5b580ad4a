#!/usr/bin/env bash
# Runs clang-tidy over what build/dev compiles. Usage: clang_tidy.sh CLANG_TIDY [--changed [FOLDER...]]
#
# Nearly all of its time goes into the headers that a file includes, so files with the same flags are checked together, as one
# translation unit (32 files: 20 s; one by one: 300 s). Where two of them define the same name that does not compile, and the
# batch is halved until it does. --changed leaves out the files that were clean when they, the headers of ours that they
# include, and the rules were what they are now; with folders, only what is in them counts.
set -euo pipefail
clang_tidy=$1 changed=${2:-}
build=build/dev
work=build/tidy
batch_size=16

# Prints "KEY FILE" for each translation unit; the key covers all of its text that is ours.
keys() {
  local rules source text key
  rules=$(cat .clang-tidy <("$clang_tidy" --version) | sha256sum)
  ninja -C "$build" -t deps |
    awk -v root="$PWD/" '
      # The headers of files that are compiled as one are those of each of them.
      function flush(  i, k) {
        for (i = 1; i <= sources; ++i) { print source[i], source[i]; for (k = 1; k <= headers; ++k) print source[i], header[k] }
        sources = headers = 0
      }
      /^[^ ].*: #deps/ { flush(); next }
      NF {
        path = $1; sub(/^\.\.\/\.\.\//, root, path)
        if (index(path, root) != 1) next
        path = substr(path, length(root) + 1)
        if (path ~ /^build\/dev\/.*(cmake_pch\.|\/Unity\/)/) next
        if (path ~ /^(server|sdk|plugins|tests)\/.*\.cpp$/) source[++sources] = path; else header[++headers] = path
      }
      END { flush() }' | sort -u >"$work/includes"
  cut -d' ' -f2 "$work/includes" | sort -u | xargs -r sha256sum |
    awk -v rules="$rules" '
      NR == FNR { hash[$2] = $1; next }
      $1 != source { if (source) print line; source = $1; line = source " " rules }
      { line = line hash[$2] }
      END { if (source) print line }' - "$work/includes" |
    while read -r source text; do
      read -r key _ < <(sha256sum <<<"$text")
      echo "$key $source"
    done
}

# Writes the entries that the compilation database lacks: files that are compiled as one have only one there.
joined() {
  local entry
  jq -c '.[] | select(.file | test("/Unity/"))' "$build/compile_commands.json" |
    while read -r entry; do
      # Those of C hold none.
      { grep -o '"/[^"]*\.cpp"' "$(jq -r .file <<<"$entry")" || true; } | jq --argjson entry "$entry" '$entry + {file: .}'
    done | jq -s . >"$work/joined.json"
}

# Reads "KEY FILE" lines and writes batches: a command without a source, then the lines that it is for.
make_batches() {
  joined
  jq -r -R -s --slurpfile database "$build/compile_commands.json" --slurpfile joined "$work/joined.json" \
    --argjson size "$batch_size" --arg root "$PWD/" '
    ($database[0] + $joined[0] | map({key: (.file | ltrimstr($root)), value: (.command | sub(" -o .*"; "")
      | gsub(" -W[^ ]+| -fpch-preprocess| -fno-gnu-unique| -include [^ ]+cmake_pch[.]hxx"; ""))}) | from_entries) as $flags
    | split("\n") | map(select(. != "") | split(" ") | {key: .[0], file: .[1], flags: $flags[.[1]]})
    | map(select(.flags)) | group_by(.flags)[] | . as $group
    | range(0; length; $size) | $group[. : . + $size]
    | ([.[0].flags] + map("\(.key) \(.file)")) | join("\t")'
}

# Checks the "KEY FILE" lines after the command together, halves where they do not compile together.
check() {
  local command=$1 folder output status=0 half
  shift
  folder=$(mktemp -d "$work/run.XXXXXX")
  printf '%s\n' "$@" | sed -E "s|^[^ ]+ (.*)|#include \"$PWD/\\1\"|" >"$folder/batch.cpp"
  jq -n --arg directory "$PWD/$build" --arg file "$PWD/$folder/batch.cpp" --arg command "$command" \
    '[{directory: $directory, file: $file, command: "\($command) -c \($file)"}]' >"$folder/compile_commands.json"
  output=$("$clang_tidy" -p "$folder" --config-file=.clang-tidy --quiet "$folder/batch.cpp" 2>&1) || status=$?
  rm -r "$folder"
  if [ "$status" = 0 ]; then
    for line in "$@"; do touch "$work/clean/${line%% *}"; done
  elif [ $# -gt 1 ] && [[ $output == *clang-diagnostic-* ]]; then
    half=$(($# / 2))
    status=0
    check "$command" "${@:1:half}" || status=1
    check "$command" "${@:half+1}" || status=1
  else
    grep -vE '^[0-9]+ warnings? (and [0-9]+ errors? )?generated|^Error while processing' <<<"$output" || true
  fi
  return "$status"
}

if [ "$changed" = --batch ]; then
  IFS=$'\t' read -r -a parts <<<"$3"
  check "${parts[@]}"
  exit
fi

mkdir -p "$work/clean"
all=$(keys)
if [ "$changed" = --changed ]; then
  if [ $# -gt 2 ]; then all=$(grep -E "^[^ ]+ ($(IFS='|' && echo "${*:3}"))/" <<<"$all"); fi
  all=$(while read -r key source; do [ -e "$work/clean/$key" ] || echo "$key $source"; done <<<"$all")
fi
echo "==> clang-tidy on $(grep -c . <<<"$all" || true) files"
[ -n "$all" ] || exit 0
make_batches <<<"$all" | tr '\n' '\0' | xargs -0 -r -P "$(nproc)" -n 1 "$0" "$clang_tidy" --batch
