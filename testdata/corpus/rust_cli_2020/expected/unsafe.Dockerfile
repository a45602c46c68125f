FROM rust:1.44

WORKDIR /usr/src/topwords
COPY . .

RUN cargo install --locked --path .

ENTRYPOINT ["topwords"]
CMD ["10"]
