FROM debian
SHELL ["/bin/bash", "-euc"]
RUN <<EOF
set -e
echo "$HOME"
EOF
RUN cat <<-'END' > /x
	tabbed $NOT
	END
COPY <<a.txt <<"b.txt" /dir/
from $A
a.txt
raw $A
b.txt
RUN echo $((1 << 3))
RUN [ -f /x ] && echo yes
