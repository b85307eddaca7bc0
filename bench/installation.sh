# For the benches that run Naru itself; to be sourced, with `root` set. Sets `naru`, `jdk`, and `work`: a folder with the data
# directory `data` of a Naru of its own, whose ports and networks are not those of one that runs here, and `classes`.

fail() { echo "${0#"$root/"}: $*" >&2; exit 1; }

need_naru() {
  [ "$(id -u)" = 0 ] || fail "pods need root; run it with sudo"
  naru="$root/target/naru/bin/naru"
  [ -x "$naru" ] || fail "no installation; run: ./naru build"
  jdk="${NARU_JDK:-$(ls -d /usr/lib/jvm/*25* 2>/dev/null | head -1 || true)}"
  [ -x "$jdk/bin/javac" ] || fail "no JDK 25 found; set NARU_JDK"
  work="$(mktemp -d /var/tmp/naru-bench-XXXXXX)"
  mkdir -p "$work/data" "$work/classes"
}

start_naru() {
  cat > "$work/data/naru.yaml" <<YAML
instance: narub
http-port: 8580
api-port: 6580
registry-port: 5580
control-port: 7580
pod-network: "10.91"
service-network: "10.99"
YAML
  "$naru" start --data "$work/data" > /dev/null
}

stop_naru() {
  "$naru" down --purge --data "$work/data" > /dev/null 2>&1 || true
  rm -rf "$work"
}
