def call(String app) { echo "v2 deploys ${app}" }
