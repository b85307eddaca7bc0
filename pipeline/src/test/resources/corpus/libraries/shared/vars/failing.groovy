def call() {
  def list = [1, 2]
  list.each {
    it.nope()
  }
}
