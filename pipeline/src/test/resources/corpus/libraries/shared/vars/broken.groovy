def call() {
  echo 'x'
