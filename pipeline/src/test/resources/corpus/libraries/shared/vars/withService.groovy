def call(String name, Closure body) {
  echo "start ${name}"
  try {
    withEnv(["SERVICE=${name}"]) { body(name) }
  } finally {
    echo "stop ${name}"
  }
}
