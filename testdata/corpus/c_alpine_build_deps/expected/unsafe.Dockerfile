FROM alpine:3.8

RUN apk add --no-cache gcc musl-dev make

COPY Makefile src/*.c /src/
WORKDIR /src

RUN make \
 && make install PREFIX=/usr \
# not needed any more
 && apk del gcc musl-dev make \
 && rm -rf /src

WORKDIR /
EXPOSE 7777
CMD ["upperd"]
