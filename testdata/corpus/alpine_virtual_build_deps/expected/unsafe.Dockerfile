FROM python:3.7-alpine

WORKDIR /app
COPY requirements.txt .

# needed to compile cffi, thrown away again below
RUN apk add --no-cache --virtual .build-deps gcc musl-dev libffi-dev \
 && apk add --no-cache libffi \
 && pip install --no-cache-dir -r requirements.txt \
 && apk del .build-deps

COPY . .
EXPOSE 8080
CMD ["python3", "hash.py"]
