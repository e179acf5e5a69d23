#!/usr/bin/env bash
# Builds everything a browser loads into target/site, which the server embeds: assets.sh [--dev].
# The server finds the folder beside the sources, wherever CARGO_TARGET_DIR points.
# Parts are kept under the cargo target folder by the digest of their sources, so that only what changed is built again.
# --dev: the module as the development profile builds it, unoptimised, without the size budget.
source "$(dirname "$0")/lib.sh"

MODE=release
PROFILE=wasm-release
PROFILE_FOLDER=wasm-release
if [ "${1:-}" = '--dev' ]; then
  MODE=dev
  PROFILE=dev
  PROFILE_FOLDER=debug
fi
PARTS="${TARGET}/catalogue-assets"
WASM='wasm32-unknown-unknown'

# digest PATH...: one digest over the names and bytes of all files in the given files and folders.
digest() {
  {
    find "$@" -name node_modules -prune -o -type f -print0 | LC_ALL=C sort -z | xargs -0 -r sha256sum
    printf '%s\n' "$MODE"
  } | sha256sum | cut -c1-16
}

TOOLS=(scripts/assets.sh scripts/assets.mjs frontend/package-lock.json)
MODULE_KEY="$(digest "${TOOLS[@]}" Cargo.toml Cargo.lock app frontend)"
STYLE_KEY="$(digest "${TOOLS[@]}" style)"
PUBLIC_KEY="$(digest "${TOOLS[@]}" public)"
KEY="${MODE}-${MODULE_KEY}-${STYLE_KEY}-${PUBLIC_KEY}"
STAMP="${ROOT}/target/site.stamp"

# The stamp holds the key and the number of files, so that an emptied folder is filled again.
current() { printf '%s %s\n' "$KEY" "$(find "$SITE" -type f 2>/dev/null | wc -l)"; }
if [ "$(cat "$STAMP" 2>/dev/null || true)" = "$(current)" ]; then
  printf '==> Browser assets are up to date\n'
  exit 0
fi

MODULE="${PARTS}/module-${MODE}-${MODULE_KEY}"
STYLE="${PARTS}/style-${STYLE_KEY}"
PUBLIC="${PARTS}/public-${PUBLIC_KEY}"
WORK="$(mktemp -d)"
tidy() { rm -rf "$WORK"; }
mkdir -p "$PARTS" "$SITE"

build_module() {
  local out="${WORK}/module" bundle="${WORK}/bundle"
  local raw="${TARGET}/${WASM}/${PROFILE_FOLDER}/frontend.wasm"
  mkdir -p "$out"
  if [ "$MODE" = release ]; then
    step 'Building the browser module (about 3 minutes the first time)' 'mend what the compiler names above, then run: make assets'
  else
    step 'Building the browser module for development' 'mend what the compiler names above, then run: make assets'
  fi
  cargo build --locked -p frontend --lib --target "$WASM" --profile "$PROFILE"
  step 'Building the program that binds it to JavaScript' 'mend what the compiler names above, then run: make assets'
  cargo build --locked -p bundler
  step 'Binding the browser module to JavaScript' 'check that wasm-bindgen and wasm-bindgen-cli-support have one version in Cargo.toml'
  "${TARGET}/debug/bundler" "$raw" "$bundle" catalogue
  if [ "$MODE" = release ]; then
    step 'Shrinking the browser module (about 20 seconds)' 'remove frontend/node_modules, then run: make assets'
    frontend/node_modules/.bin/wasm-opt -Oz --strip-debug --strip-producers \
      --enable-bulk-memory --enable-mutable-globals --enable-multivalue \
      --enable-nontrapping-float-to-int --enable-reference-types --enable-sign-ext \
      "${bundle}/catalogue_bg.wasm" -o "${out}/catalogue_bg.wasm"
    node scripts/assets.mjs glue "${bundle}/catalogue.js" "${out}/catalogue.js"
  else
    cp "${bundle}/catalogue_bg.wasm" "$out/"
    node scripts/assets.mjs glue-dev "${bundle}/catalogue.js" "${out}/catalogue.js"
  fi
}

build_style() {
  step 'Building the styles' 'mend what esbuild names above in style/, then run: make assets'
  mkdir -p "${WORK}/style"
  node scripts/assets.mjs style style/main.css "${WORK}/style/main.css"
}

build_public() {
  step 'Copying images and fonts' 'check that public/ can be read, then run: make assets'
  mkdir -p "${WORK}/public"
  cp -R public/. "${WORK}/public/"
}

# keep NAME FOLDER: pack the freshly built part and store it under its key.
keep() {
  step "Packing the $1" 'check that the disk has room, then run: make assets'
  if [ "$1" = module ] && [ "$MODE" = dev ]; then
    rm -rf "$2"
  else
    node scripts/assets.mjs pack "${WORK}/$1"
    rm -rf "$2"
  fi
  mv "${WORK}/$1" "$2"
}

if [ ! -d "$MODULE" ]; then
  build_module
  keep module "$MODULE"
fi
if [ ! -d "$STYLE" ]; then
  build_style
  keep style "$STYLE"
fi
if [ ! -d "$PUBLIC" ]; then
  build_public
  keep public "$PUBLIC"
fi
touch "$MODULE" "$STYLE" "$PUBLIC"

step 'Placing the browser assets in target/site' 'remove target/site, then run: make assets'
rm -f "$STAMP"
node scripts/assets.mjs place "$SITE" "pkg=${MODULE}" "assets=${STYLE}" "assets=${PUBLIC}"
if [ "$MODE" = release ]; then
  step 'Measuring the browser assets' 'make what is over its budget smaller, then run: make assets'
  node scripts/assets.mjs measure "$SITE"
fi
current >"$STAMP"
# Two weeks without use and a part goes.
find "$PARTS" -mindepth 1 -maxdepth 1 -mtime +14 -exec rm -rf {} +
