FROM python:3.10 AS builder

ENV VIRTUAL_ENV=/opt/venv
RUN python -m venv $VIRTUAL_ENV
ENV PATH="$VIRTUAL_ENV/bin:$PATH"

WORKDIR /build
RUN pip install -U pip wheel
COPY requirements.txt ./
RUN pip install -r requirements.txt
COPY . .
RUN python -m unittest discover -s tests

FROM python:3.10-slim

RUN groupadd --gid 1000 tides \
 && useradd --uid 1000 --gid tides --create-home tides

COPY --from=builder /opt/venv /opt/venv
ENV PATH="/opt/venv/bin:$PATH"

WORKDIR /app
COPY tides/ ./tides/
USER tides
CMD ["python", "-m", "tides"]
