FROM python:3.9
LABEL maintainer=data@example.com
WORKDIR /usr/src/wordle
COPY . .
RUN apt-get update -y \
 && apt-get install -y --no-install-recommends libenchant-2-2 \
 && rm -rf /var/lib/apt/lists/*
RUN pip install --no-cache-dir -r requirements.txt
CMD [ "python", "-m", "wordle" ]
