import sys

import yaml
from fpdf import FPDF
from jinja2 import Template

with open(sys.argv[1] if len(sys.argv) > 1 else "sample.yaml") as source:
    data = yaml.safe_load(source)

text = Template("{{ title }}: {{ rows | length }} rows").render(data)

pdf = FPDF()
pdf.add_page()
pdf.set_font("Helvetica", size=14)
pdf.cell(0, 10, text)
pdf.output("report.pdf")
print(text)
