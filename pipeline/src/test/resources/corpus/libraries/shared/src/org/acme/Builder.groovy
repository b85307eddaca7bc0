package org.acme

class Builder implements Serializable {
  def script
  List targets = []
  Builder(script) { this.script = script }
  Builder target(String name) {
    targets << name
    this
  }
  def run() {
    targets.each { script.sh "make ${it}" }
    script.log.info "made ${targets.size()} as ${Level.HIGH}"
    Images.tag('built')
  }
}
