grep -q main settings.ini && mkdir -p /opt/installed
