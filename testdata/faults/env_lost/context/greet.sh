echo "welcome to ${HARBOUR:-nowhere}, $PORTS ports"
