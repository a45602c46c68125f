echo "la la la"
