import org.acme.Images

def call(Closure body) {
  def config = [:]
  body.resolveStrategy = Closure.DELEGATE_FIRST
  body.delegate = config
  body()
  pipeline {
    agent any
    environment { APP = "${config.name}" }
    stages {
      stage('Build') { steps { sh "build ${Images.tag(config.name)}" } }
      stage('Deploy') {
        when { expression { config.deploy } }
        steps { script { deploy config.name, tag: '9' } }
      }
    }
    post { always { echo "done ${env.APP}" } }
  }
}
