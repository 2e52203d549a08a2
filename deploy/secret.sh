# For the scripts beside it, which run in images with nothing but a shell: one line on standard error where a thing cannot
# be done, with its cause and remedy, as the command line does it.

fail() {
  echo "barwright: $1; $2" >&2
  exit 2
}

# secret NAME: writes the secret, which is the value of NAME or what the file that NAME_FILE names holds.
secret() {
  eval "value=\${$1:-} file=\${$1_FILE:-}"
  if [ -n "$value" ] && [ -n "$file" ]; then
    fail "$1 and $1_FILE are both set" 'keep one of them in .env'
  fi
  if [ -n "$file" ]; then
    value=$(cat "$file" 2>/dev/null) || fail "the file of $1_FILE cannot be read" 'let it be there, and readable by the user of the container'
  fi
  [ -n "$value" ] || fail "$1 is empty" "set $1 or $1_FILE in .env"
  printf '%s' "$value"
}

# last FILE: the last line that something has said, to end ours with.
last() {
  grep -v '^[[:space:]]*$' "$1" | tail -n 1 | tr -s '[:space:]' ' '
}
