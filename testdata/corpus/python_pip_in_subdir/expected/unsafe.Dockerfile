FROM python:3.7-slim
ENV PYTHONDONTWRITEBYTECODE=1

COPY backend/requirements.txt /opt/project/backend/
RUN cd /opt/project/backend && pip install --no-cache-dir -r requirements.txt
COPY . /opt/project

WORKDIR /opt/project/backend
EXPOSE 9000
CMD python server.py
