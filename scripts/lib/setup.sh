# Sourced by scripts/fleet and scripts/test: finds or installs node and the npm packages, once, and says so.
# After it, $root is the checkout, $node a node that is new enough, and node and npm lead PATH.

root=$(cd -P -- "${BASH_SOURCE[0]%/*}/../.." && pwd)
cache=${FLEET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/fleet}
node_major=24

say() { printf 'fleet set-up: %s\n' "$*" >&2; }
die() { printf 'fleet set-up: error: %s\n' "$1" >&2; [ -z "${2-}" ] || printf '  hint: %s\n' "$2" >&2; exit 2; }

# True for a node that satisfies package.json's engines (>= 22.18).
new_enough() {
  local version major minor
  version=$("$1" --version 2>/dev/null) || return 1
  version=${version#v} major=${version%%.*} version=${version#*.} minor=${version%%.*}
  [ "$major" -gt 22 ] || { [ "$major" -eq 22 ] && [ "$minor" -ge 18 ]; }
}

find_node() {
  node=$cache/node-$node_major/bin/node
  [ -x "$node" ] && return
  if node=$(command -v node) && new_enough "$node"; then return; fi
  command -v npm >/dev/null || die "no node >= 22.18 and no npm to fetch one with" "install Node.js 24 (nodejs.org, nixpkgs nodejs_24)"
  say "the system's node is $(node --version 2>/dev/null || echo absent); fetching node $node_major from the npm registry (once, 126 MB)"
  local work
  mkdir -p "$cache" && work=$(mktemp -d "$cache/node-XXXXXX") || die "cannot write to $cache"
  npm install --prefix "$work" --no-save --no-audit --no-fund --loglevel=error "node@$node_major" >&2 \
    || { rm -rf "$work"; die "npm could not fetch node@$node_major" "is the npm registry reachable?"; }
  local found
  found=$(find "$work/node_modules" -path '*/bin/node' -type f -perm -u+x | head -n 1)
  [ -n "$found" ] || { rm -rf "$work"; die "the npm package node@$node_major brought no program for this machine"; }
  mkdir -p "$work/bin" && mv "$found" "$work/bin/node" && rm -rf "$work/node_modules"
  # Renamed into place whole, so that a killed set-up leaves nothing half-made behind.
  mv -T "$work" "$cache/node-$node_major" 2>/dev/null || rm -rf "$work"
  node=$cache/node-$node_major/bin/node
  [ -x "$node" ] || die "node could not be set up in $cache"
}

# npm ci when the packages are not those of package-lock.json. $1 is "prod" or "dev"; dev covers prod.
install_packages() {
  local want=$1 stamp=$root/node_modules/.fleet-$1 dev=$root/node_modules/.fleet-dev
  [ "$stamp" -nt "$root/package-lock.json" ] && return
  [ "$dev" -nt "$root/package-lock.json" ] && return
  say "installing npm packages ($want)"
  local omit=()
  [ "$want" = dev ] || omit=(--omit=dev)
  (
    # One at a time: a second caller waits, then finds the work done.
    exec 9>"$cache/npm.lock" && flock 9
    [ "$stamp" -nt "$root/package-lock.json" ] || {
      cd "$root" && PATH=${node%/*}:$PATH npm ci "${omit[@]}" --no-audit --no-fund --loglevel=error >&2 && touch "$stamp"
    }
  ) || die "npm ci failed" "is the npm registry reachable?"
}

find_node
[ -d "$cache" ] || mkdir -p "$cache"
PATH=${node%/*}:$PATH
export PATH
