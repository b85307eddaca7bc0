def call(who = 'world') { echo "hello ${who}" }
