FROM python:2.7-slim
MAINTAINER Marek Dvorak "marek@example.cz"

WORKDIR /app
ADD requirements.txt /app/
RUN pip install --no-cache-dir -r requirements.txt
ADD . /app

ENV FLASK_DEBUG 0
EXPOSE 5000
CMD python app.py