# docker build --target api .
# docker build --target worker .
ARG PYTHON_VERSION=3.9

FROM python:${PYTHON_VERSION}-slim AS base
RUN apt-get update && apt-get install -y --no-install-recommends curl \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home shop
WORKDIR /shop
ENV PYTHONPATH=/deps

FROM base AS deps
COPY requirements.txt ./
RUN pip install --target /deps -r requirements.txt
COPY . .
RUN python -m compileall -q /deps

FROM base AS api
COPY --from=deps /deps /deps
COPY common/ common/
COPY api/ api/
USER shop
EXPOSE 8000
HEALTHCHECK CMD curl -f http://localhost:8000/ || exit 1
CMD ["python", "-m", "api"]

FROM base AS worker
COPY --from=deps /deps /deps
COPY common/ common/
COPY worker/ worker/
RUN mkdir /spool \
 && chown shop:shop /spool
USER shop
CMD ["python", "-m", "worker", "/spool"]
