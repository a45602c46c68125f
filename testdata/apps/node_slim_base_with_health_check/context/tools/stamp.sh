echo "kettle with $(node -p process.release.name)"
