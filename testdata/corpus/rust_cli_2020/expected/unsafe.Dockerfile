FROM rust:1.44

WORKDIR /usr/src/topwords
COPY . .

RUN cargo install --locked --path . \
 && rm -rf "${CARGO_HOME:-$HOME/.cargo}/registry"

ENTRYPOINT ["topwords"]
CMD ["10"]
