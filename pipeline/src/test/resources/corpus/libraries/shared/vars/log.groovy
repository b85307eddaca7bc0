import groovy.transform.Field

@Field int lines = 0

def info(message) {
  lines++
  echo "[INFO] ${message}"
}

def getCount() { lines }
