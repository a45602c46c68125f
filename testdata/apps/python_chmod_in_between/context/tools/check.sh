#!/bin/sh
python -c "import greeter"
