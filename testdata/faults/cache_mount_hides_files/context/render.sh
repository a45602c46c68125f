mkdir -p out
sed 's/^/* /' notes.txt > out/report.txt
