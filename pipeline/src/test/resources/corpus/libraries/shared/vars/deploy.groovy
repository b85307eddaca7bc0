def call(Map args = [:], String app) {
  def image = "${args.registry ?: 'localhost'}/${app}:${args.tag ?: env.BUILD_NUMBER}"
  log.info "deploying ${image}"
  sh "deploy ${image}"
  return image
}

def rollback(String app) { sh "rollback ${app}" }
