def call() { ecko 'x' }
