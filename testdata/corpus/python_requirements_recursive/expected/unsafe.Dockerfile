FROM python:3.8-slim-buster

WORKDIR /opt/reports
COPY requirements.txt constraints.txt ./
COPY requirements/service.txt requirements/common.in requirements/
COPY requirements/plugins/pdf.txt requirements/plugins/

RUN python -m pip install --no-cache-dir -r requirements.txt

COPY ./ ./

ENTRYPOINT ["python", "-m", "reports"]
