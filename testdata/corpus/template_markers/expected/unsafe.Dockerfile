# rendered by render.py, one image a customer
FROM {{ base }}
MAINTAINER delivery@example.com

RUN apt-get update
RUN apt-get install -y {{ packages }}

COPY . /srv/{{ customer }}
RUN pip install -r /srv/{{ customer }}/requirements.txt

{{ extra }}
CMD ["python", "/srv/{{ customer }}/report.py"]
